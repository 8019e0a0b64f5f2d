using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// Who a request is from and whether it came by HTTPS, as the reverse proxies of <see cref="HostingOptions.KnownProxies"/> say it. Anyone else may
/// write what he likes into <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>: it is not read.
/// </summary>
internal static class KnownProxies
{
    private const string Fault = "TokenFactory__KnownProxies must be addresses or networks such as 10.0.0.7, 10.1.0.0/16, separated by commas.";

    /// <exception cref="OptionsValidationException">The text is not such a list.</exception>
    public static void UseKnownProxies(this WebApplication app, string? text)
    {
        var parts = Split(text);
        if (parts.Length == 0)
            return;
        // As many proxies as are known may stand in a row; the first unknown address is whom the request is from.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        // The framework would believe whatever runs on this machine.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var part in parts)
        {
            if (IPAddress.TryParse(part, out var address))
                options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(part, out var network))
                options.KnownIPNetworks.Add(network);
            else
                throw new OptionsValidationException(nameof(HostingOptions.KnownProxies), typeof(HostingOptions), [Fault]);
        }

        app.UseForwardedHeaders(options);
    }

    private static string[] Split(string? text) => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
