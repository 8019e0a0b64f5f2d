namespace TokenFactory.Api.Ledger;

/// <summary>The journal's queue is full: nothing was recorded, and the sender should come back a little later.</summary>
internal sealed class JournalBusyException() : Exception("The journal's queue is full.");

/// <summary>
/// A transaction that could not be closed in time: its instant of recording is some minutes old, and the vintage of that date may be about to
/// close. Nothing of it was recorded; it is tried again with a new instant.
/// </summary>
internal sealed class StaleTransactionException() : TimeoutException("The transaction was open for too long.");
