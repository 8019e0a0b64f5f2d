using System.Net.Http.Headers;
using System.Text;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>A curl command line: the few options that the pages use. An option that is not known fails the page.</summary>
internal sealed class CurlCommand
{
    private CurlCommand()
    {
    }

    public string Method { get; private set; } = "GET";

    public string Url { get; private set; } = "";

    public byte[]? Body { get; private set; }

    public List<(string Name, string Value)> Headers { get; } = [];

    /// <summary><c>-i</c>: the answer is shown with its status line and headers.</summary>
    public bool ShowsHeaders { get; private set; }

    /// <param name="command">The words, with <c>curl</c> first.</param>
    /// <param name="files">The files that the page has made.</param>
    /// <param name="input">What is piped into it.</param>
    public static CurlCommand Parse(ShellCommand command, IReadOnlyDictionary<string, byte[]> files, byte[]? input)
    {
        var curl = new CurlCommand();
        var words = command.Words;
        string? method = null;
        for (var i = 1; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "-s":
                    break;
                case "-i" or "-si":
                    curl.ShowsHeaders = true;
                    break;
                case "-X":
                    method = words[++i];
                    break;
                case "-H":
                    var colon = words[++i].IndexOf(':', StringComparison.Ordinal);
                    curl.Headers.Add((words[i][..colon], words[i][(colon + 1)..].Trim()));
                    break;
                case "-d":
                    // From a file -d would drop the ends of lines: --data-binary is for those.
                    curl.Body = words[++i].StartsWith('@')
                        ? throw new ExampleException($"line {command.Line}: use --data-binary to send a file as it is.")
                        : Encoding.UTF8.GetBytes(words[i]);
                    break;
                case "--data-binary":
                    curl.Body = Data(words[++i], command, files, input);
                    break;
                case var word when word.StartsWith('-'):
                    throw new ExampleException($"line {command.Line}: the option {word} of curl is not understood here.");
                case var word when curl.Url.Length == 0:
                    curl.Url = word;
                    break;
                case var word:
                    throw new ExampleException($"line {command.Line}: a second address: {word}");
            }
        }

        curl.Method = method ?? (curl.Body is null ? "GET" : "POST");
        return curl;
    }

    public HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Url);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            // What curl sends unless it is told another.
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        }

        foreach (var (name, value) in Headers)
        {
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && request.Content is not null)
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private static byte[] Data(string word, ShellCommand command, IReadOnlyDictionary<string, byte[]> files, byte[]? input) => word switch
    {
        "@-" => input ?? throw new ExampleException($"line {command.Line}: nothing is piped into it."),
        ['@', .. var name] => files.TryGetValue(name, out var content)
            ? content
            : throw new ExampleException($"line {command.Line}: no command of the page has made the file {name}."),
        _ => Encoding.UTF8.GetBytes(word),
    };
}
