using System.Text.Json.Nodes;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Tests.Database;

/// <summary>What is left of details that are too long.</summary>
public sealed class AuditLogTests
{
    [Fact]
    public void The_values_of_changed_rows_go_first_and_the_rows_are_told()
    {
        var kept = Written(Details(valueLength: AuditLog.MaxDetailsLength, requestLength: 10));

        kept["changes"]!.ToJsonString().Should().Be("""[{"table":"accounts","change":"changed","key":"7"},{"more_changes":3}]""");
        kept["request"]!.GetValue<string>().Should().HaveLength(10);
        kept["body_sha256"]!.GetValue<string>().Should().Be("00ff");
        kept["left_out_characters"]!.GetValue<int>().Should().BeGreaterThan(AuditLog.MaxDetailsLength);
    }

    [Fact]
    public void Then_goes_what_was_asked_for_and_the_hash_of_a_file_stays()
    {
        var kept = Written(Details(valueLength: 10, requestLength: AuditLog.MaxDetailsLength));

        kept.Select(m => m.Key).Should().BeEquivalentTo("left_out_characters", "body_sha256", "changes");
        kept["changes"]![0]!["key"]!.GetValue<string>().Should().Be("7");
    }

    [Fact]
    public void What_is_not_too_long_is_kept_as_it_is()
    {
        var details = Details(valueLength: 10, requestLength: 10);

        AuditLog.JsonOf(details).Should().Be(details.ToJsonString());
    }

    private static JsonObject Written(JsonObject details) => JsonNode.Parse(AuditLog.JsonOf(details))!.AsObject();

    private static JsonObject Details(int valueLength, int requestLength) => new()
    {
        ["request"] = new string('r', requestLength),
        ["body_sha256"] = "00ff",
        ["changes"] = new JsonArray(
            new JsonObject
            {
                ["table"] = "accounts",
                ["change"] = "changed",
                ["key"] = "7",
                ["before"] = new JsonObject { ["name"] = new string('b', valueLength) },
                ["after"] = new JsonObject { ["name"] = new string('a', valueLength) },
            },
            new JsonObject { ["more_changes"] = 3 }),
    };
}
