using TokenFactory.Api.Catalog;
using TokenFactory.Api.Catalog.Sectors;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Catalog.Sectors;

/// <summary>What a sector rule fits, and which of several decides.</summary>
public sealed class SectorRuleBookTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 5, 10, 0, 0, TimeSpan.Zero);

    private static readonly SectorRuleBook Rules = new(
    [
        Rule(1, SectorRuleKind.DomainSuffix, "gov", Sector.Government),
        Rule(2, SectorRuleKind.DomainSuffix, "gov.uk", Sector.Government),
        Rule(3, SectorRuleKind.DomainSuffix, "energy.gov.uk", Sector.Enterprise),
        Rule(4, SectorRuleKind.DomainSuffix, "xn--55qx5d.cn", Sector.Enterprise),
        Rule(5, SectorRuleKind.DomainSuffix, "xn--mnchen-3ya.de", Sector.Government),
        Rule(11, SectorRuleKind.LegalForm, "ltd", Sector.Enterprise),
        Rule(12, SectorRuleKind.LegalForm, "co ltd", Sector.Government),
        Rule(13, SectorRuleKind.LegalForm, "gmbh", Sector.Enterprise),
        Rule(14, SectorRuleKind.LegalForm, "gmbh & co kg", Sector.Enterprise),
        Rule(15, SectorRuleKind.LegalForm, "sa de cv", Sector.Enterprise),
        Rule(16, SectorRuleKind.LegalForm, "有限公司", Sector.Enterprise),
        Rule(17, SectorRuleKind.LegalForm, "股份有限公司", Sector.Enterprise),
        Rule(18, SectorRuleKind.LegalForm, "株式会社", Sector.Enterprise),
        Rule(19, SectorRuleKind.LegalForm, "sp z oo", Sector.Enterprise),
        Rule(20, SectorRuleKind.LegalForm, "kk", Sector.Enterprise),
        Rule(21, SectorRuleKind.LegalForm, "a/s", Sector.Enterprise),
        Rule(31, SectorRuleKind.Plan, "family", Sector.Household),
        Rule(32, SectorRuleKind.Plan, "public_sector", Sector.Government),
    ]);

    [Theory]
    [InlineData("jane@state.gov", 1)]
    [InlineData("JANE@STATE.GOV", 1)]
    [InlineData("nasa.gov", 1)]
    [InlineData("nasa.gov.", 1)]
    [InlineData("nasa.Gov", 1)]
    [InlineData("a.b.c.d.gov", 1)]
    [InlineData("jane@gov", 1)]
    [InlineData("jane@hmrc.gov.uk", 2)]
    [InlineData("gov.uk", 2)]
    [InlineData("shop.energy.gov.uk", 3)]
    [InlineData("energy.gov.uk", 3)]
    [InlineData("jane@x@hmrc.gov.uk", 2)]
    [InlineData("shop.公司.cn", 4)]
    [InlineData("SHOP.XN--55QX5D.cn", 4)]
    [InlineData("info@rathaus.MÜNCHEN.de", 5)]
    [InlineData("a_b.gov", 1)]
    [InlineData("gov", null)]
    [InlineData("@", null)]
    [InlineData("@gov.uk", 2)]
    [InlineData("jane@", null)]
    [InlineData("mygov", null)]
    [InlineData("jane@mygov", null)]
    [InlineData("jane@notgov.uk", null)]
    [InlineData("jane@gov.uk.example.com", null)]
    [InlineData("state.gov.example", null)]
    [InlineData("..gov", null)]
    [InlineData("a..gov", null)]
    [InlineData("-a.gov", null)]
    [InlineData("a b.gov", null)]
    [InlineData("https://nasa.gov", null)]
    [InlineData("nasa.gov:443", null)]
    [InlineData("10.0.0.1", null)]
    [InlineData("jane@\ud800.gov", null)]
    [InlineData("acme", null)]
    public void A_domain_is_compared_by_whole_labels_and_the_longest_decides(string account, int? rule) =>
        (Rules.Find(SectorFacts.Of(account, null, null), null, At)?.Id).Should().Be(rule);

    [Theory]
    [InlineData("Acme Ltd", 11)]
    [InlineData("ACME LTD.", 11)]
    [InlineData("Acme, Ltd", 11)]
    [InlineData("  Acme \t ltd  ", 11)]
    [InlineData("Shenzhen Acme Co., Ltd.", 12)]
    [InlineData("Muster GmbH", 13)]
    [InlineData("Muster G.m.b.H.", 13)]
    [InlineData("Muster gmbh & Co. KG", 14)]
    [InlineData("Cemento S.A. de C.V.", 15)]
    [InlineData("Firma Sp. z o.o.", 19)]
    [InlineData("Meiji K.K.", 20)]
    [InlineData("Møller A/S", 21)]
    [InlineData("深圳市腾讯计算机系统有限公司", 16)]
    [InlineData("台積電股份有限公司", 17)]
    [InlineData("中芯 有限公司", 16)]
    [InlineData("Acme （中国）有限公司", 16)]
    [InlineData("トヨタ自動車株式会社", 18)]
    [InlineData("Ltd", null)]
    [InlineData("有限公司", null)]
    [InlineData("Ltd Acme", null)]
    [InlineData("Acmeltd", null)]
    [InlineData("Acme-Ltd", null)]
    [InlineData("Acme Limited Edition", null)]
    [InlineData("Jane Doe", null)]
    [InlineData("...", null)]
    public void A_legal_form_is_what_the_name_ends_with_and_the_longest_decides(string name, int? rule)
    {
        (Rules.Find(SectorFacts.Of("a-1", name, null), null, At)?.Id).Should().Be(rule);
        (Rules.Find(SectorFacts.Of(name, null, null), null, At)?.Id).Should().Be(rule, "an account that nobody named is called by its id");
    }

    [Theory]
    [InlineData("family", null, 31)]
    [InlineData(" Family ", null, 31)]
    [InlineData("Public Sector", null, 32)]
    [InlineData("PUBLIC-SECTOR", null, 32)]
    [InlineData("familyplus", null, null)]
    [InlineData("", "family", 31)]
    [InlineData(null, "family", 31)]
    [InlineData("public sector", "family", 32)]
    // What the sender says is of this event; the account's own plan would be a guess beside it.
    [InlineData("pro", "family", null)]
    [InlineData(null, null, null)]
    public void A_plan_is_compared_whole_and_the_senders_beats_the_accounts(string? sent, string? own, int? rule)
    {
        (Rules.Find(SectorFacts.Of("a-1", null, own), sent, At)?.Id).Should().Be(rule);
        if (own is null)
            (Rules.Find(SectorFacts.None, sent, At)?.Id).Should().Be(rule, "an event may name a plan and no account");
    }

    [Theory]
    [InlineData("jane@state.gov", "Acme Ltd", "family", 1)]
    [InlineData("jane@example.com", "Acme Ltd", "family", 11)]
    [InlineData("jane@example.com", "Jane", "family", 31)]
    [InlineData("jane@example.com", "Jane", "pro", null)]
    public void A_domain_decides_before_a_legal_form_and_that_before_a_plan(string id, string name, string plan, int? rule) =>
        (Rules.Find(SectorFacts.Of(id, name, plan), null, At)?.Id).Should().Be(rule);

    [Theory]
    [InlineData(Sector.Household, true, true, true, Sector.Household, SectorBasis.Event, null)]
    [InlineData(null, true, true, true, Sector.Enterprise, SectorBasis.Account, null)]
    [InlineData(null, false, true, true, Sector.Household, SectorBasis.Tag, null)]
    [InlineData(null, false, false, true, Sector.Government, SectorBasis.Rule, 1)]
    [InlineData(null, false, false, false, Sector.Unclassified, SectorBasis.None, null)]
    public void The_event_beats_the_account_that_the_tag_that_a_rule(
        Sector? own, bool hasSector, bool hasTag, bool hasRule, Sector sector, SectorBasis basis, int? rule)
    {
        var account = new AccountEntry(1, hasRule ? "jane@state.gov" : "jane", 0, hasSector ? [(DateTimeOffset.MinValue, Sector.Enterprise)] : [], "Jane", null);

        Rules.Decide(new SectorEvidence(own, account, account.Slug, hasTag ? Sector.Household : null, null, At)).Should().Be(new SectorDecision(sector, basis, rule));
    }

    [Fact]
    public void An_accounts_sector_that_begins_later_leaves_what_was_before_to_the_rules()
    {
        var account = new AccountEntry(1, "jane@state.gov", 0, [(At, Sector.Enterprise)], "Jane", null);

        Decide(At).Should().Be(new SectorDecision(Sector.Enterprise, SectorBasis.Account));
        Decide(At.AddTicks(-10)).Should().Be(new SectorDecision(Sector.Government, SectorBasis.Rule, 1));

        SectorDecision Decide(DateTimeOffset at) => Rules.Decide(new SectorEvidence(null, account, account.Slug, null, null, at));
    }

    [Fact]
    public void A_rule_holds_from_its_beginning_until_its_end_and_one_that_ends_before_it_begins_never()
    {
        var rules = new SectorRuleBook(
        [
            new SectorRule(1, SectorRuleKind.Plan, "pro", Sector.Household, DateTimeOffset.MinValue, At),
            new SectorRule(2, SectorRuleKind.Plan, "pro", Sector.Enterprise, At, At.AddDays(1)),
            new SectorRule(3, SectorRuleKind.Plan, "pro", Sector.Government, At.AddDays(2), null),
            new SectorRule(4, SectorRuleKind.Plan, "gone", Sector.Government, At, At),
        ]);

        foreach (var (at, rule) in new (DateTimeOffset, int?)[]
            { (At.AddYears(-20), 1), (At.AddTicks(-10), 1), (At, 2), (At.AddDays(1).AddTicks(-10), 2), (At.AddDays(1), null), (At.AddDays(2), 3), (At.AddYears(50), 3) })
        {
            (rules.Find(SectorFacts.None, "pro", at)?.Id).Should().Be(rule, at.ToString("O"));
        }

        rules.Find(SectorFacts.None, "gone", At).Should().BeNull();
    }

    [Theory]
    [InlineData(SectorRuleKind.DomainSuffix, ".GOV.uk.", "gov.uk")]
    [InlineData(SectorRuleKind.DomainSuffix, "*.gov.uk", "gov.uk")]
    [InlineData(SectorRuleKind.DomainSuffix, "政府.hk", "xn--mxtq1m.hk")]
    [InlineData(SectorRuleKind.DomainSuffix, "gov uk", null)]
    [InlineData(SectorRuleKind.DomainSuffix, ".", null)]
    [InlineData(SectorRuleKind.LegalForm, " G.m.b.H. & Co. KG ", "gmbh & co kg")]
    [InlineData(SectorRuleKind.LegalForm, "a b c d e f", null)]
    [InlineData(SectorRuleKind.LegalForm, "&", null)]
    [InlineData(SectorRuleKind.LegalForm, "...", null)]
    [InlineData(SectorRuleKind.Plan, "Public Sector", "public_sector")]
    [InlineData(SectorRuleKind.Plan, "  ", null)]
    public void A_rules_value_is_kept_as_it_is_compared(SectorRuleKind kind, string sent, string? kept)
    {
        var value = kind switch
        {
            SectorRuleKind.DomainSuffix => SectorRuleValues.DomainSuffix(sent),
            SectorRuleKind.LegalForm => SectorRuleValues.LegalForm(sent),
            _ => SectorRuleValues.Plan(sent),
        };

        value.Should().Be(kept);
    }

    private static SectorRule Rule(int id, SectorRuleKind kind, string value, Sector sector) => new(id, kind, value, sector, DateTimeOffset.MinValue, null);
}
