namespace TokenFactory.Api.Demo;

/// <summary>What somebody who starts the demonstration sees: how far it is, and where to look when it is there.</summary>
/// <param name="output">Standard output.</param>
/// <param name="isTerminal">One line that is written over; else ten lines, for a file.</param>
internal sealed class DemoConsole(TextWriter output, bool isTerminal)
{
    private bool _isInLine;

    public void Progress(int days, int allDays, int posted)
    {
        if (isTerminal)
        {
            output.Write($"\rLoading the demonstration economy: {days} of {allDays} days, {posted} events ");
            _isInLine = true;
            if (days == allDays)
                EndLine();
        }
        else if (days * 10 / allDays > (days - 1) * 10 / allDays)
        {
            output.WriteLine($"Loading the demonstration economy: {days} of {allDays} days, {posted} events");
        }
    }

    /// <summary>What comes next begins in a line of its own.</summary>
    public void EndLine()
    {
        if (_isInLine)
            output.WriteLine();
        _isInLine = false;
    }

    public void Ready(string state, Uri address, DemoAccess access) => output.WriteLine(
        $"""

        ==============================================================================
          The demonstration economy {state}. Open in a browser:

            {address}                                     the dashboard
            {address}swagger                              every call, to try out
            {address}v1/gdp?frequency=quarter&by=sector   Token GDP as JSON

          {(access.FiguresArePublic ? "Figures need no key, everything else does" : "Every call needs a key")}: press "Authorize" in
          Swagger UI and paste the admin key {(access.HasConfiguredKey
              ? "that TokenFactory__BootstrapAdminKey sets."
              : "of the first start (above, if this was it).\n  Lost? Start with TokenFactory__BootstrapAdminKey set to 32 characters or more.")}

          Ctrl+C stops the service; the data stays.
        ==============================================================================

        """);
}
