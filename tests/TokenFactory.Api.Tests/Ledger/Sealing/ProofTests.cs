using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger.Sealing;

/// <summary>An auditor gets the proof of an event and verifies it with the key alone.</summary>
public sealed class ProofTests(SealedLedger ledger) : IClassFixture<SealedLedger>
{
    [Theory]
    [InlineData("e-0-0")]
    [InlineData("e-5-14")]
    [InlineData("~reversal/e-2-1")]
    public async Task An_event_is_proved_offline(string id)
    {
        var proof = await ledger.Api.Client.GetStringAsync($"/v1/ledger/proofs?source={SealedLedger.Source}&id={Uri.EscapeDataString(id)}");
        (await ledger.Api.Client.GetStringAsync($"/v1/ledger/proofs/{SealedLedger.Source}/{Uri.EscapeDataString(id)}")).Should().Be(proof);
        Fault(proof).Should().BeNull();
        ProofVerifier.Describe(proof).Should().Contain(l => l.StartsWith("ledger_entry:", StringComparison.Ordinal) && l.Contains($"event_id={id}", StringComparison.Ordinal)
            && l.Contains("occurred_at=2026-10-05T10:00:00Z", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_recorded_this_moment_is_proved_at_once()
    {
        using var sent = await ledger.Api.PostAsync("/v1/events", Events.Native($"now-{Guid.NewGuid():N}", SealedLedger.Source));
        var id = JsonDocument.Parse(await sent.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        Fault(await ledger.Api.Client.GetStringAsync($"/v1/ledger/proofs/{SealedLedger.Source}/{id}")).Should().BeNull();
    }

    [Fact]
    public async Task Proofs_that_are_asked_for_at_once_of_what_was_just_recorded_are_all_given()
    {
        string[] ids = [.. Enumerable.Range(0, 8).Select(i => $"once-{i}-{Guid.NewGuid():N}")];
        using var sent = await ledger.Api.PostAsync("/v1/events", Events.Join(ids.Select(id => Events.Native(id, SealedLedger.Source))), Events.Lines);
        sent.EnsureSuccessStatusCode();
        var proofs = await Task.WhenAll(ids.Select(id => ledger.Api.Client.GetStringAsync($"/v1/ledger/proofs/{SealedLedger.Source}/{id}")));
        proofs.Select(Fault).Should().AllBeEquivalentTo((string?)null);
    }

    [Fact]
    public async Task A_proof_in_which_anything_is_altered_proves_nothing()
    {
        var proof = await ledger.Api.Client.GetStringAsync($"/v1/ledger/proofs/{SealedLedger.Source}/e-5-1");
        Fault(proof).Should().BeNull();
        var altered = 0;
        foreach (var path in (string[][])[["identity"], ["entries"], ["batch", "root"], ["batch", "head"], ["batch", "path"], ["tree", "path"]])
        {
            foreach (var bit in (int[])[0, 77, 150, 200, 255])
            {
                var spoilt = JsonNode.Parse(proof)!;
                var node = path.Aggregate(spoilt, (n, name) => n[name]!);
                if (node is JsonArray { Count: 0 })
                    continue;
                var value = node is JsonArray array ? array[bit % array.Count]! : node;
                var bytes = Convert.FromBase64String(value.GetValue<string>());
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                value.ReplaceWith(Convert.ToBase64String(bytes));
                Fault(spoilt.ToJsonString()).Should().NotBeNull($"bit {bit} of {string.Join('/', path)} was flipped");
                altered++;
            }
        }

        foreach (var (path, value) in ((string[], JsonNode)[])[(["id"], "e-5-2"), (["batch", "lane"], 9), (["batch", "seq"], 77), (["batch", "batch_id"], 1), (["batch", "source_id"], 9), (["batch", "index"], 3),
            (["tree", "index"], 0), (["tree", "size"], 1), (["seal_format"], 2), (["checkpoint"], ledger.Note.Replace("number", "numbr", StringComparison.Ordinal))])
        {
            var spoilt = JsonNode.Parse(proof)!;
            path[..^1].Aggregate(spoilt, (n, name) => n[name]!)[path[^1]] = value.DeepClone();
            Fault(spoilt.ToJsonString()).Should().NotBeNull(string.Join('/', path));
            altered++;
        }

        altered.Should().BeGreaterThan(25);
        using var other = SigningKey.Temporary();
        using var stranger = System.Security.Cryptography.ECDsa.Create();
        stranger.ImportSubjectPublicKeyInfo(other.PublicKey, out _);
        ProofVerifier.FaultOf("null", new Trust([stranger], [])).Should().Contain("can't be read");
        ProofVerifier.FaultOf(proof, new Trust([stranger], [], "another-ledger")).Should().Contain("another ledger");
        ProofVerifier.FaultOf(proof, new Trust([stranger], [])).Should().Contain("no key that is trusted");
    }

    [Fact]
    public async Task Two_checkpoints_are_shown_to_go_on_from_each_other()
    {
        using var sent = await ledger.Api.PostAsync("/v1/events", Events.Native($"later-{Guid.NewGuid():N}", SealedLedger.Source));
        var id = JsonDocument.Parse(await sent.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        await ledger.Api.GetAsync($"/v1/ledger/proofs/{SealedLedger.Source}/{id}");
        var sizes = (await ledger.Api.GetAsync("/v1/ledger/checkpoints")).GetProperty("items").EnumerateArray().Select(c => c.GetProperty("tree_size").GetInt64()).ToList();
        sizes.Should().BeInDescendingOrder().And.HaveCountGreaterThan(1);
        var answer = await ledger.Api.GetAsync($"/v1/ledger/consistency?first={sizes[^1]}&second={sizes[0]}");
        byte[] Root(string which) => Convert.FromBase64String(answer.GetProperty(which).GetProperty("root").GetString()!);
        MerkleTree.IsConsistent(sizes[^1], Root("first"), sizes[0], Root("second"),
            [.. answer.GetProperty("proof").EnumerateArray().Select(h => Convert.FromBase64String(h.GetString()!))]).Should().BeTrue();
        using var unknown = await ledger.Api.Client.GetAsync($"/v1/ledger/consistency?first={sizes[^1]}&second=99999");
        unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_command_verifies_the_ledger_and_a_proof_and_says_so_by_its_exit_code()
    {
        var folder = Directory.CreateTempSubdirectory("verify-");
        string Write(string name, string text)
        {
            var file = Path.Combine(folder.FullName, name);
            File.WriteAllText(file, text);
            return file;
        }

        try
        {
            var key = Write("key.pem", ledger.PublicKey);
            var proof = await ledger.Api.Client.GetStringAsync($"/v1/ledger/proofs/{SealedLedger.Source}/e-5-1");
            (await VerifyAsync("--proof", Write("proof.json", proof), "--key", key)).Should().Match<(int Code, string Text)>(v => v.Code == 0 && v.Text.Contains("Proved:"));
            (await VerifyAsync("--proof", Write("bad.json", proof.Replace("e-5-1", "e-5-2", StringComparison.Ordinal)), "--key", key)).Should()
                .Match<(int Code, string Text)>(v => v.Code == 1 && v.Text.Contains("Not proved."));
            var (code, text) = await VerifyAsync("--key", key, "--checkpoint", Write("note.txt", ledger.Note));
            text.Should().Contain("Intact.").And.NotContain("NOT");
            code.Should().Be(0);
            (await VerifyAsync("--checkpoint", Write("forged.txt", ledger.Note.Replace("number ", "number 9", StringComparison.Ordinal)))).Should()
                .Match<(int Code, string Text)>(v => v.Code == 1 && v.Text.Contains("NOT intact"));
            (await VerifyAsync("--what")).Code.Should().Be(1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private string? Fault(string proof)
    {
        using var key = SigningKey.Read(ledger.PublicKey, "public");
        return ProofVerifier.FaultOf(proof, new Trust([key], [], "token-factory"));
    }

    private async Task<(int Code, string Text)> VerifyAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        foreach (var argument in (string[])["TokenFactory.Api.dll", "verify", .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["ConnectionStrings__TokenFactory"] = ledger.Database.ConnectionString;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
