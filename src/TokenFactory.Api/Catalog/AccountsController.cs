using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Catalog.Sectors;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Whom tokens were for.</summary>
public sealed record AccountResource
{
    /// <summary>The name under which events know it; at most 256 characters.</summary>
    /// <example>acme</example>
    public required string Id { get; init; }

    /// <summary>Left out: the id.</summary>
    /// <example>Acme Ltd</example>
    public string? Name { get; init; }

    /// <summary>The producer that the account itself is: what it buys is intermediate consumption.</summary>
    public string? Producer { get; init; }

    /// <summary>The plan that it is on, for sector rules; a plan that the sender of an event names beats it.</summary>
    /// <example>business</example>
    public string? Plan { get; init; }

    /// <summary>
    /// Its sector over time; each row holds until the next. An event's own sector beats it. None: a tag of the sender or a sector rule decides,
    /// else unclassified.
    /// </summary>
    public IReadOnlyList<AccountSectorResource> Sectors { get; init; } = [];

    /// <summary>An event named it first, not an operator. Not to be sent.</summary>
    public bool? RegisteredOnSight { get; init; }

    /// <summary>What it counts for today, and why: shown of one account. Not to be sent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccountClassification? Classification { get; init; }
}

/// <summary>The sector of an account from an instant on.</summary>
public sealed record AccountSectorResource
{
    /// <summary>Left out: always.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <example>enterprise</example>
    public required Sector Sector { get; init; }
}

/// <summary>Changes of an account; what is left out stays.</summary>
public sealed record AccountPatch
{
    public string? Name { get; init; }

    /// <summary>A producer's id or alias; the empty text takes it away.</summary>
    public string? Producer { get; init; }

    /// <summary>The empty text takes it away.</summary>
    public string? Plan { get; init; }

    /// <summary>
    /// Replaces the whole list. Events that are recorded already keep the sector that they have; a reclassification moves them too.
    /// </summary>
    public IReadOnlyList<AccountSectorResource>? Sectors { get; init; }
}

/// <summary>Accounts. The ledger may know one for ever, so that none is removed.</summary>
[Route("v1/accounts")]
[Tags("Accounts")]
internal sealed class AccountsController(
    IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer, CatalogCache catalog, TimeProvider time) : CatalogController
{
    private const string ListName = "accounts";

    /// <summary>List accounts</summary>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListAccounts")]
    [ProducesResponseType<CatalogPage<AccountResource>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> List([FromQuery] string? cursor, CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out string after, out var refusal))
            return refusal!;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Set<Account>().AsNoTracking().Include(a => a.Sectors).Where(a => a.Slug.CompareTo(after) > 0).OrderBy(a => a.Slug)
            .Take(limit + 1).ToListAsync(cancellationToken);
        var producers = await ProducersOfAsync(context, rows, cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, a => a.Slug, a => ResourceOf(a, producers)));
    }

    /// <summary>One account</summary>
    /// <param name="id" example="acme">The account's id, percent-encoded.</param>
    [HttpGet("{id}", Name = "GetAccount")]
    [ProducesResponseType<AccountResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    public async Task<IActionResult> Get(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return RawPath.Segment(Request, 0) is { } exact && await FindAsync(context, exact, cancellationToken) is { } found
            ? Ok(ResourceOf(found, await ProducersOfAsync(context, [found], cancellationToken)) with
            {
                Classification = await ClassifyAsync(found, cancellationToken),
            })
            : NoSuch(id);
    }

    /// <summary>Register an account</summary>
    /// <remarks>Not needed before events name it: accounts are registered on sight, unclassified.</remarks>
    [HttpPost(Name = "CreateAccount")]
    [Audited("account.created")]
    [Authorize("admin")]
    [ProducesResponseType<AccountResource>(StatusCodes.Status201Created)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Create(AccountResource request, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("/id", request.Id, errors);
        CatalogNames.CheckName("/name", request.Name, errors);
        CatalogNames.CheckName("/plan", request.Plan, errors);
        CheckSectors(request.Sectors, errors);
        if (request.RegisteredOnSight is not null)
            errors.Add(new FieldError("/registered_on_sight", "unexpected", "It is told, not set; leave it out."));
        if (request.Classification is not null)
            errors.Add(new FieldError("/classification", "unexpected", "It is told, not set; leave it out."));
        await using var lookUp = await contexts.CreateDbContextAsync(cancellationToken);
        var producer = await FindProducerAsync(lookUp, request.Producer, errors, cancellationToken);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        var created = await writer.WriteAsync(context =>
        {
            var row = new Account { Slug = request.Id, Name = request.Name ?? request.Id, ProducerId = producer?.Id, Plan = request.Plan };
            row.Sectors.AddRange(RowsOf(request.Sectors));
            context.Add(row);
            return Task.FromResult(row);
        }, cancellationToken);
        return Created($"/v1/accounts/{Uri.EscapeDataString(created.Slug)}", ResourceOf(created, Names(producer)));
    }

    /// <summary>Change an account</summary>
    /// <param name="id" example="acme">The account's id, percent-encoded.</param>
    /// <param name="patch">What is left out stays.</param>
    [HttpPatch("{id}", Name = "ChangeAccount")]
    [Audited("account.changed")]
    [Authorize("admin")]
    [ProducesResponseType<AccountResource>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Change(string id, AccountPatch patch, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("/name", patch.Name, errors);
        CatalogNames.CheckName("/plan", patch.Plan is "" ? null : patch.Plan, errors);
        CheckSectors(patch.Sectors ?? [], errors);
        await using var lookUp = await contexts.CreateDbContextAsync(cancellationToken);
        var producer = await FindProducerAsync(lookUp, patch.Producer is "" ? null : patch.Producer, errors, cancellationToken);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        if (RawPath.Segment(Request, 0) is not { } exact)
            return NoSuch(id);
        var changed = await writer.WriteAsync(async context =>
        {
            if (await FindAsync(context, exact, cancellationToken) is not { } row)
                return null;
            row.Name = patch.Name ?? row.Name;
            if (patch.Plan is { } plan)
                row.Plan = plan.Length == 0 ? null : plan;
            if (patch.Producer is not null)
                row.ProducerId = producer?.Id;
            if (patch.Sectors is { } sectors)
            {
                context.RemoveRange(row.Sectors);
                await context.SaveChangesAsync(cancellationToken);
                row.Sectors = [.. RowsOf(sectors)];
            }

            return row;
        }, cancellationToken);
        if (changed is null)
            return NoSuch(id);
        return Ok(ResourceOf(changed, await ProducersOfAsync(lookUp, [changed], cancellationToken)));
    }

    private async Task<AccountClassification> ClassifyAsync(Account row, CancellationToken cancellationToken)
    {
        var rules = (await catalog.CatchUpAsync(cancellationToken)).SectorRules;
        var account = new AccountEntry(row.Id, row.Slug, 0, [.. row.Sectors.OrderBy(s => s.EffectiveFrom).Select(s => (s.EffectiveFrom, s.Sector))], row.Name, row.Plan);
        var decision = rules.Decide(new SectorEvidence(null, account, account.Slug, null, null, time.GetUtcNow()));
        return new AccountClassification { Sector = decision.Sector, Basis = WireJson.NameOf(decision.Basis), Rule = decision.RuleId };
    }

    private static Task<Account?> FindAsync(TokenFactoryContext context, string id, CancellationToken cancellationToken) =>
        context.Set<Account>().Include(a => a.Sectors).SingleOrDefaultAsync(a => a.Slug == id, cancellationToken);

    private static async Task<Producer?> FindProducerAsync(
        TokenFactoryContext context, string? name, List<FieldError> errors, CancellationToken cancellationToken) =>
        name is null ? null : await ProducerNames.FindAsync(context, "/producer", name, errors, cancellationToken);

    private static Task<Dictionary<int, string>> ProducersOfAsync(TokenFactoryContext context, List<Account> accounts, CancellationToken cancellationToken)
    {
        var ids = accounts.Select(a => a.ProducerId).OfType<int>().Distinct().ToList();
        return context.Set<Producer>().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Slug, cancellationToken);
    }

    private static Dictionary<int, string> Names(Producer? producer) => producer is null ? [] : new() { [producer.Id] = producer.Slug };

    private static void CheckSectors(IReadOnlyList<AccountSectorResource?> sectors, List<FieldError> errors)
    {
        if (CatalogNames.CheckLength("/sectors", sectors.Count, errors))
            return;
        var missing = sectors.Select((s, i) => (s, i)).Where(row => row.s is null).Select(row => row.i).ToList();
        errors.AddRange(missing.Select(i => new FieldError($"/sectors/{i}", "required", "Must be an object with a sector.")));
        if (missing.Count == 0 && sectors.Select(s => s!.EffectiveFrom ?? DateTimeOffset.MinValue).Distinct().Count() < sectors.Count)
            errors.Add(new FieldError("/sectors", "repeated", "Two rows begin at the same instant."));
    }

    private static IEnumerable<AccountSector> RowsOf(IReadOnlyList<AccountSectorResource> sectors) =>
        sectors.Select(s => new AccountSector { EffectiveFrom = s.EffectiveFrom?.ToUniversalTime() ?? DateTimeOffset.MinValue, Sector = s.Sector });

    private static AccountResource ResourceOf(Account row, Dictionary<int, string> producers) => new()
    {
        Id = row.Slug,
        Name = row.Name,
        Producer = row.ProducerId is { } id ? producers[id] : null,
        Plan = row.Plan,
        Sectors = [.. row.Sectors.OrderBy(s => s.EffectiveFrom).Select(s => new AccountSectorResource
        {
            EffectiveFrom = s.EffectiveFrom == DateTimeOffset.MinValue ? null : s.EffectiveFrom,
            Sector = s.Sector,
        })],
        RegisteredOnSight = row.RegisteredOnSight,
    };

    private ObjectResult NoSuch(string id) => Problems.NotFound(HttpContext, $"There is no account with the id {id}.");
}
