namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>The private server can't be had; the message says what to do.</summary>
internal sealed class PrivateServerException(string message, Exception? inner = null) : Exception(message, inner);
