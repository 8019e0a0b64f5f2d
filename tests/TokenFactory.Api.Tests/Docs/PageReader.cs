using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>
/// Reads a page as somebody new to it would: runs the curl lines of every <c>sh</c> block in their order and holds the last answer of a block
/// against the <c>json</c>, <c>csv</c> or <c>text</c> block that comes next. An answer without such a block must be a success.
/// </summary>
internal sealed partial class PageReader(Uri address, string adminKey)
{
    // What a page may show that is not tried here; whatever else is no command of a page.
    private static readonly string[] NotTried = ["dotnet", "docker", "git", "cp", "cd", "python3"];
    private static readonly string[] AnswerLanguages = ["json", "csv", "text"];

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal) { ["URL"] = address.ToString().TrimEnd('/'), ["KEY"] = adminKey };
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private Answer? _last;

    private sealed record Answer(int Line, string Command, int Status, string Reason, IReadOnlyCollection<string> Headers, string Body, bool ShowsHeaders);

    /// <returns>How many answers were compared.</returns>
    /// <exception cref="ExampleException">An example is not true.</exception>
    public async Task<int> ReadAsync(Page page)
    {
        var blocks = page.Blocks().ToList();
        var compared = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].Language is "json" or "csv" && (i == 0 || blocks[i - 1].Language != "sh"))
                throw new ExampleException($"{page.Name}, line {blocks[i].Line}: no curl line stands before this answer.");
            if (blocks[i].Language != "sh")
                continue;
            var next = i + 1 < blocks.Count && AnswerLanguages.Contains(blocks[i + 1].Language) ? blocks[i + 1] : null;
            try
            {
                await RunAsync(blocks[i], next);
                if (next is not null && _last is not null)
                    compared++;
            }
            catch (ExampleException e)
            {
                throw new ExampleException($"{page.Name}, {e.Message}");
            }
        }

        return compared;
    }

    private async Task RunAsync(Block block, Block? printed)
    {
        var shell = new ShellText(block.Text, block.Line,
            name => _variables.GetValueOrDefault(name) ?? throw new ExampleException($"line {block.Line}: no command has set ${name}."));
        Answer? answer = null;
        while (shell.Next() is { } command)
        {
            if (answer is not null)
                Expect(answer, null);
            answer = await RunAsync(command, null) ?? answer;
        }

        if (answer is not null)
            Expect(answer, printed);
        else if (printed is { Language: not "text" })
            throw new ExampleException($"line {block.Line}: no curl line stands before the answer.");
        else if (printed is not null)
            _last = null;
    }

    private async Task<Answer?> RunAsync(ShellCommand command, byte[]? input)
    {
        switch (command.Words)
        {
            case ["curl", ..]:
                return _last = await SendAsync(command, input);
            case ["cat"] when command is { Here: { } here, File: { } file }:
                _files[file] = Encoding.UTF8.GetBytes(here);
                return null;
            case ["gzip", "-c", var name] when command.PipedInto is { } next:
                return await RunAsync(next, Compress(_files[name]));
            case ["export", var assignment]:
                Set(assignment, command);
                return null;
            case [var program, ..] when NotTried.Contains(program):
                return null;
            default:
                throw new ExampleException($"line {command.Line}: the command {command.Words[0]} is not understood here.");
        }
    }

    private async Task<Answer> SendAsync(ShellCommand command, byte[]? input)
    {
        var curl = CurlCommand.Parse(command, _files, input);
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        using var request = curl.ToRequest();
        using var answer = await client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        var headers = answer.Headers.Concat(answer.Content.Headers).SelectMany(h => h.Value.Select(v => $"{h.Key}: {v}")).ToList();
        return new Answer(command.Line, $"{curl.Method} {curl.Url}", (int)answer.StatusCode, answer.ReasonPhrase ?? "", headers, body, curl.ShowsHeaders);
    }

    private static void Expect(Answer answer, Block? printed)
    {
        var told = $"line {answer.Line}: {answer.Command} answered {answer.Status}";
        var isExpected = printed?.Status is { } status ? answer.Status == status : answer.ShowsHeaders || answer.Status is >= 200 and < 300;
        if (!isExpected)
            throw new ExampleException($"{told}, not {printed?.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "a success"}:\n{answer.Body}");
        var difference = printed is null ? null
            : answer.ShowsHeaders ? Likeness.OfMessage(printed.Text, $"HTTP/1.1 {answer.Status} {answer.Reason}", answer.Headers, answer.Body)
            : printed.Language == "json" ? Likeness.OfJson(printed.Text, answer.Body)
            : Likeness.OfText(printed.Text, answer.Body);
        if (difference is not null)
            throw new ExampleException($"{told}, but unlike the page {difference}:\n{answer.Body}");
    }

    // export ID=...   # the `id` of the answer         export TAG='...'   # the header ETag of the answer
    private void Set(string assignment, ShellCommand command)
    {
        var (name, value) = (assignment[..assignment.IndexOf('=', StringComparison.Ordinal)], assignment[(assignment.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        if (name is "URL" or "KEY")
            return;
        if (!value.EndsWith(Likeness.Any, StringComparison.Ordinal))
        {
            _variables[name] = value;
            return;
        }

        var from = FromAnswer().Match(command.Comment ?? "");
        if (!from.Success || _last is null)
            throw new ExampleException($"line {command.Line}: say which part of the answer before ${name} is.");
        if (from.Groups["header"] is { Success: true } header)
        {
            _variables[name] = _last.Headers.FirstOrDefault(h => h.StartsWith(header.Value + ": ", StringComparison.OrdinalIgnoreCase))?[(header.Length + 2)..]
                ?? throw new ExampleException($"line {command.Line}: the answer has no header {header.Value}.");
            return;
        }

        using var json = JsonDocument.Parse(_last.Body);
        _variables[name] = json.RootElement.TryGetProperty(from.Groups["member"].Value, out var member)
            ? member.ToString()
            : throw new ExampleException($"line {command.Line}: the answer has no member {from.Groups["member"].Value}.");
    }

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionMode.Compress))
            gzip.Write(content);
        return compressed.ToArray();
    }

    [GeneratedRegex("the (?:header (?<header>[A-Za-z-]+)|`(?<member>[a-z_]+)`) of the answer")]
    private static partial Regex FromAnswer();
}
