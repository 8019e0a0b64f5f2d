namespace TokenFactory.Api.Ledger;

/// <summary>The journal's queue is full: nothing was recorded, and the sender should come back a little later.</summary>
internal sealed class JournalBusyException() : Exception("The journal's queue is full.");
