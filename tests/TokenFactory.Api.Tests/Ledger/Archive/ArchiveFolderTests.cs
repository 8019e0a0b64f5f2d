using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>The folder of a volume: whatever is made for it is on the disk before the ledger lets go of anything.</summary>
public sealed class ArchiveFolderTests : IDisposable
{
    private readonly DirectoryInfo _above = Directory.CreateTempSubdirectory("archive-");

    public void Dispose() => _above.Delete(recursive: true);

    [Theory]
    [InlineData("new", "new")]
    [InlineData("new/", "new")]
    [InlineData("years/2025//01/", "years/2025/01", "years/2025", "years")]
    [InlineData("there/", "there")]
    public void Every_folder_that_holds_a_new_name_is_written_to_the_disk(string given, params string[] holders)
    {
        Directory.CreateDirectory(Path.Combine(_above.FullName, "there"));
        var folder = new ArchiveFolder(Path.Combine(_above.FullName, given));

        folder.Make();

        folder.HoldersOfNames.Should().Equal([.. holders.Select(h => Path.Combine(_above.FullName, h)), _above.FullName]);
        folder.HoldersOfNames.Should().OnlyContain(h => Directory.Exists(h));
    }
}
