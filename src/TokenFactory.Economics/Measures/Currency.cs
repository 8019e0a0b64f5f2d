using System.Collections.Frozen;
using System.Numerics;

namespace TokenFactory.Economics.Measures;

/// <summary>Currencies, by their ISO 4217 codes.</summary>
public static class Currency
{
    /// <summary>ISO 4217: no currency. What quantities of unknown value are kept in.</summary>
    public const string None = "XXX";

    /// <summary>Whether a text, in UTF-8 or UTF-16, has the form of a currency's code: three capitals A to Z, and not <see cref="None"/>.</summary>
    public static bool IsCode<T>(ReadOnlySpan<T> text) where T : struct, IBinaryInteger<T> =>
        text.Length == None.Length
        && !text.ContainsAnyExceptInRange(T.CreateTruncating('A'), T.CreateTruncating('Z'))
        && text.ContainsAnyExcept(T.CreateTruncating(None[0]));

    // ISO 4217:2015 with its amendments up to 2025: the currencies and funds in use, and some that ended since 1999.
    private static readonly FrozenSet<string> Known = ("""
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
        CHW CLF CLP CNY COP COU CRC CUP CVE CYP CZK DEM DJF DKK DOP DZD EEK EGP ERN ESP ETB EUR FJD FKP FRF GBP GEL GHS GIP GMD
        GNF GRD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
        LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
        PEN PGK PHP PKR PLN PYG QAR ROL RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK SLE SLL SOS SRD SSP STN SVC SYP SZL
        THB TJS TMT TND TOP TRL TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VEF VES VND VUV WST XAF XCD XCG XOF XPF XSU
        XUA YER ZAR ZMK ZMW ZWG ZWL
        """).Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a currency has this code: a misspelt one has the form of a code too.</summary>
    public static bool IsKnown(string code) => Known.Contains(code);
}
