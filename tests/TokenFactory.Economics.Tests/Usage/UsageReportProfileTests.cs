using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>Results of the providers' own reports of an organization's usage.</summary>
public sealed class UsageReportProfileTests
{
    [Theory]
    [InlineData("""{"input_tokens":1000,"output_tokens":500,"input_cached_tokens":800,"input_audio_tokens":0,"output_audio_tokens":0,"num_model_requests":5}""",
        "input 200, cache_read 800, output 500 = 1500")]
    [InlineData("""{"input_tokens":1000,"output_tokens":500,"input_audio_tokens":300,"output_audio_tokens":200}""", "input 700, input_audio 300, output 300, output_audio 200 = 1500")]
    [InlineData("""{"input_tokens":16,"num_model_requests":2}""", "input 16 = 16")] // embeddings
    [InlineData("""{"input_tokens":1000,"input_cached_tokens":600,"input_cache_write_tokens":100,"input_uncached_tokens":300,"input_text_tokens":250,"input_audio_tokens":30,""" +
        """ "input_image_tokens":20,"input_cached_text_tokens":590,"input_cached_audio_tokens":10,"output_tokens":50,"output_text_tokens":40,"output_audio_tokens":10}""",
        "input 250, input_audio 30, input_image 20, cache_read 600, cache_write 100, output 40, output_audio 10 = 1050")]
    // A report from before the split: how much of the audio is cached, it does not tell.
    [InlineData("""{"input_tokens":1000,"output_tokens":500,"input_cached_tokens":800,"input_audio_tokens":300}""", "ambiguous_overlap")]
    [InlineData("""{"input_tokens":1000,"input_cached_tokens":1200,"output_tokens":0}""", "negative_leaf")]
    [InlineData("""{"input_tokens":1000,"input_cached_tokens":600,"input_uncached_tokens":1000,"output_tokens":5}""", "contradiction")]
    [InlineData("""{"input_tokens":1000,"input_cached_tokens":600,"input_text_tokens":300,"output_tokens":5}""", "contradiction")]
    [InlineData("""{"output_tokens":5}""", "missing_field")]
    public void OpenAIs_report_subtracts_what_its_input_includes(string result, string reading) => Readings.Read("openai_organization_usage", result).Line().Should().Be(reading);

    [Theory]
    [InlineData("""{"uncached_input_tokens":1500,"cache_creation":{"ephemeral_1h_input_tokens":1000,"ephemeral_5m_input_tokens":500},"cache_read_input_tokens":200,""" +
        """ "output_tokens":500,"server_tool_use":{"web_search_requests":10}}""", "input 1500, cache_read 200, cache_write 500, cache_write_1h 1000, output 500 = 3700")]
    [InlineData("""{"uncached_input_tokens":5,"output_tokens":7}""", "input 5, output 7 = 12")]
    [InlineData("""{"uncached_input_tokens":5,"cache_creation_input_tokens":2400,"cache_creation":{"ephemeral_1h_input_tokens":400},"output_tokens":7}""",
        "input 5, cache_write 2000, cache_write_1h 400, output 7 = 2412")]
    [InlineData("""{"uncached_input_tokens":0,"cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":0},"cache_read_input_tokens":0,"output_tokens":0}""", " = 0")]
    [InlineData("""{"input_tokens":5,"output_tokens":7}""", "missing_field")]
    public void Anthropics_report_adds_its_fields(string result, string reading) => Readings.Read("anthropic_usage_report", result).Line().Should().Be(reading);

    [Theory]
    [InlineData("openai_organization_usage", """{"input_tokens":16,"num_model_requests":2}""", "")]
    [InlineData("openai_organization_usage", """{"input_tokens":16,"num_model_requests":1}""", ";requests=1")]
    [InlineData("openai_organization_usage", """{"input_tokens":16,"num_model_requests":"1"}""", "")]
    [InlineData("openai_organization_usage", """{"output_tokens":16,"num_model_requests":1}""", "")] // It could not be read.
    [InlineData("anthropic_usage_report", """{"uncached_input_tokens":5,"output_tokens":7,"context_window":"0-200k"}""", ";context_window=0-200k")]
    [InlineData("anthropic_usage_report", """{"uncached_input_tokens":5,"output_tokens":7,"context_window":"200k-1M"}""", ";context_window=200k-1M")]
    [InlineData("anthropic_usage_report", """{"uncached_input_tokens":5,"output_tokens":7,"context_window":null}""", "")]
    [InlineData("otel_token_usage", """{"gen_ai.token.type":"input","tokens":5,"count":1}""", ";requests=1")]
    [InlineData("otel_token_usage", """{"gen_ai.token.type":"input","tokens":5}""", "")]
    [InlineData("openai_chat", """{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"num_model_requests":1}""", "")]
    public void How_a_usage_was_read_tells_what_it_told_of_its_requests(string id, string result, string told)
    {
        UsageProfiles.TryFind(id, out var profile).Should().BeTrue();

        profile!.NameOf(Readings.Read(id, result)).Should().Be($"{id}/{profile.Version}{told}");
    }
}
