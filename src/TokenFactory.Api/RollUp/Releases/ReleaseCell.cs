using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.RollUp;

/// <summary>A cell of a month by sector and producer, or a total.</summary>
/// <param name="Cell">What the rules have to know of all that is published of it: rows are sectors, columns producers; money in trillionths.</param>
internal sealed record ReleaseCell(DateOnly Month, TableCell Cell)
{
    /// <summary>Stand for all sectors, and all producers, in the tables.</summary>
    public const short AllSectors = -1;
    public const int AllProducers = 0;

    public static CellPlace PlaceOf(short sector, int producerId) => new(sector == AllSectors ? null : sector, producerId == AllProducers ? null : producerId);

    public short Sector => (short)(Cell.Place.Row ?? AllSectors);

    public int ProducerId => Cell.Place.Column ?? AllProducers;
}
