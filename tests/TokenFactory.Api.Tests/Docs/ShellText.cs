using System.Text;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>An example that can't be run or that is not true any more.</summary>
internal sealed class ExampleException(string message) : Exception(message);

/// <summary>One command of a shell block: its words after quoting and variables, and what stands around them.</summary>
/// <param name="Line">The line of the page on which it begins.</param>
/// <param name="Words">The words; the first is the program.</param>
/// <param name="PipedInto">What comes after <c>|</c>.</param>
/// <param name="File">The file that <c>&gt;</c> names.</param>
/// <param name="Here">The text of a here-document.</param>
/// <param name="Comment">What stands behind <c>#</c> on the same line.</param>
internal sealed record ShellCommand(int Line, IReadOnlyList<string> Words, ShellCommand? PipedInto, string? File, string? Here, string? Comment);

/// <summary>
/// Reads the part of the shell's language that the pages use: words, quotes, variables, <c>\</c> at a line's end, <c>&gt; file</c>,
/// <c>&lt;&lt;'END'</c>, <c>|</c> and comments. Anything else is refused, above all characters that a shell would take for its own.
/// </summary>
internal sealed class ShellText(string text, int firstLine, Func<string, string> variable)
{
    private int _at;

    private bool AtEnd => _at >= text.Length;

    /// <summary>The next command; null at the end. Variables get their values as it is read, so that one may come from the command before.</summary>
    public ShellCommand? Next()
    {
        while (!AtEnd && (char.IsWhiteSpace(text[_at]) || text[_at] == '#'))
            SkipBlank();
        return AtEnd ? null : Command();
    }

    private int LineAt(int at) => firstLine + text.AsSpan(0, at).Count('\n');

    private void SkipBlank()
    {
        if (text[_at] == '#')
            RestOfLine();
        else
            _at++;
    }

    private string RestOfLine()
    {
        var end = text.IndexOf('\n', _at);
        var rest = end < 0 ? text[_at..] : text[_at..end];
        _at = end < 0 ? text.Length : end + 1;
        return rest;
    }

    private ShellCommand Command()
    {
        var line = LineAt(_at);
        var words = new List<string>();
        string? file = null, marker = null, comment = null;
        ShellCommand? pipedInto = null;
        while (!AtEnd)
        {
            var c = text[_at];
            if (c == '\n')
            {
                _at++;
                break;
            }

            if (c == '\\' && _at + 1 < text.Length && text[_at + 1] == '\n')
            {
                _at += 2;
            }
            else if (c is ' ' or '\t')
            {
                _at++;
            }
            else if (c == '#')
            {
                comment = RestOfLine();
                break;
            }
            else if (c == '|')
            {
                _at++;
                pipedInto = Command();
                break;
            }
            else if (text.AsSpan(_at).StartsWith("<<'", StringComparison.Ordinal))
            {
                _at += 2;
                marker = Word();
            }
            else if (c == '>')
            {
                _at++;
                while (!AtEnd && text[_at] == ' ')
                    _at++;
                file = Word();
            }
            else
            {
                words.Add(Word());
            }
        }

        return new ShellCommand(line, words, pipedInto, file, marker is null ? null : HereDocument(marker), comment);
    }

    private string HereDocument(string marker)
    {
        var here = new StringBuilder();
        while (!AtEnd)
        {
            var line = RestOfLine();
            if (line == marker)
                return here.ToString();
            here.Append(line).Append('\n');
        }

        throw new ExampleException($"line {firstLine}: the here-document has no end {marker}.");
    }

    private string Word()
    {
        var word = new StringBuilder();
        while (!AtEnd && !char.IsWhiteSpace(text[_at]))
        {
            var c = text[_at++];
            switch (c)
            {
                case '\'':
                    var end = text.IndexOf('\'', _at);
                    if (end < 0)
                        throw Unclosed(_at - 1);
                    word.Append(text, _at, end - _at);
                    _at = end + 1;
                    break;
                case '"':
                    Quoted(word);
                    break;
                case '$':
                    word.Append(Variable());
                    break;
                case '&' or ';' or '?' or '*' or '[' or '{' or '(' or '<' or '>' or '|' or '`' or '~' or '\\':
                    throw new ExampleException($"line {LineAt(_at - 1)}: a shell takes an unquoted {c} for its own; quote it.");
                default:
                    word.Append(c);
                    break;
            }
        }

        return word.ToString();
    }

    private void Quoted(StringBuilder word)
    {
        var start = _at;
        while (true)
        {
            if (AtEnd)
                throw Unclosed(start - 1);
            var c = text[_at++];
            if (c == '"')
                return;
            if (c == '\\' && !AtEnd && text[_at] is '"' or '\\' or '$')
                word.Append(text[_at++]);
            else if (c == '$')
                word.Append(Variable());
            else if (c is '`' or '!')
                throw new ExampleException($"line {LineAt(_at - 1)}: a shell takes {c} in double quotes for its own.");
            else
                word.Append(c);
        }
    }

    private ExampleException Unclosed(int at) => new($"line {LineAt(at)}: the quote is not closed.");

    private string Variable()
    {
        var start = _at;
        while (!AtEnd && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            _at++;
        if (_at == start)
            throw new ExampleException($"line {LineAt(start)}: only plain variables such as $KEY are understood.");
        return variable(text[start.._at]);
    }
}
