using CsCheck;
using TokenFactory.Api.Access;

namespace TokenFactory.Api.Tests.Access;

/// <summary>The form of a key tells a key from a text that is none, without the database.</summary>
public sealed class KeyFormatTests
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    [Fact]
    public void A_key_is_recognised_by_its_form_and_names_its_id()
    {
        for (var i = 0; i < 100; i++)
        {
            var (id, key) = KeyFormat.Create();
            // As a scanner for secrets would look for it.
            key.Should().MatchRegex("^tf_[0-9a-f]{16}_[A-Za-z0-9_-]{43}[0-9a-f]{6}$");
            KeyFormat.IdOf(key).Should().Be(id);
        }
    }

    [Fact]
    public void A_key_with_one_typing_error_is_none() =>
        Gen.Select(Gen.Int[0, 68], Gen.Char[Alphabet]).Sample((place, typed) =>
        {
            var (_, key) = KeyFormat.Create();
            var mistyped = string.Concat(key.AsSpan(0, place), [typed], key.AsSpan(place + 1));
            return typed == key[place] ? KeyFormat.IdOf(mistyped) is not null : KeyFormat.IdOf(mistyped) is null;
        });

    [Fact]
    public void A_key_whose_neighbouring_letters_are_swapped_or_that_was_cut_is_none() =>
        Gen.Int[0, 67].Sample(place =>
        {
            var (_, key) = KeyFormat.Create();
            var swapped = string.Concat(key.AsSpan(0, place), [key[place + 1], key[place]], key.AsSpan(place + 2));
            return (swapped == key || KeyFormat.IdOf(swapped) is null) && KeyFormat.IdOf(key[..^(place + 1)]) is null && KeyFormat.IdOf(key[(place + 1)..]) is null;
        });
}
