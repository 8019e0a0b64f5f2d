export const en = {
  skip: "Skip to the figures", tagline: "What large models produce, metered and priced", views: "Views", api: "API", language: "Language",
  theme: "Colours", theme_auto: "As the device", theme_light: "Light", theme_dark: "Dark", zone: "Time zone", zone_reporting: "Reporting zone", zone_own: "here", zone_all: "All zones",
  try_api: "Try the API", openapi: "OpenAPI document", figures_csv: "Figures as CSV", methodology: "Formulas and worked examples", health: "Health",
  own_dashboard: "This page reads the public API alone: under each chart is the call behind it.",
  key: "Key", key_title: "Read with a key", key_save: "Use it", key_forget: "Forget it", key_enter: "Enter a key", key_used: "The key is used in this tab.", key_forgotten: "The key is forgotten.",
  key_about: "Ledger entries, and figures that are not public, need a key with the scope read. It stays in this tab and goes to this service alone.",
  withheld: "Small cells are withheld from the public here: this needs a key with the scope read.", key_no_key: "That is no key: keys are plain letters, digits and signs.", key_needed: "This needs a key with the scope read.", key_not_enough: "The key that you gave does not open this: it needs the scope read.",
  cancel: "Cancel", close: "Close", retry: "Try again", call_title: "The API behind this chart", copy_address: "Copy address", copy_curl: "Copy as curl", copied: "Copied.",

  view_overview: "Overview", "view_over-time": "Over time", "view_token-index": "Token Index", view_movers: "What moved it", view_structure: "Industry structure", view_revisions: "Revisions", view_live: "Live",

  loading: "Reading figures \u2026", nothing: "Nothing is recorded yet.", nothing_do: "Register a source and post a first event in Swagger UI", nothing_here: "Nothing was produced here in this period.",
  nothing_whole: "No period of this length is over yet.", see_live: "See what comes in now", waiting: "Waiting for the first reading \u2026",
  no_answer: "The service does not answer.", away: "The service is starting, or its database is away. It comes back by itself.", too_many: "Too many requests. Wait a moment.", failed: "The figures could not be read ({status}).",
  no_charts: "The chart library could not be loaded. The tables and downloads work without it.",

  more: "More rows", legend: "Series: press to hide or show", tools: "Table, downloads, link and API call", table: "Table", link: "Copy link", link_copied: "The link shows this view.", call: "API call", saved_part: "Saved the {rows} rows that are shown; there are more.", saved: "Saved.",
  from: "From", to: "To", first: "first", last: "last", all_periods: "All", chart_keys: "Left and right arrow keys read the values",
  as_of_note: "Vintage {vintage}: includes everything recorded up to {through}.", as_of_short: "vintage {vintage}", partial_note: "Pale or hollow: not over yet.",
  missing_because: "Missing figures: {reason}.",

  hour: "Hour", day: "Day", week: "Week", month: "Month", quarter: "Quarter", year: "Year", quarter_name: "{year} Q{quarter}", so_far_title: "Not over yet", yes: "yes", no: "no", so_far: "so far", period: "Period", period_length: "Frequency", status: "Status",
  status_provisional: "provisional", status_estimated: "estimated", status_final: "final", vintage: "vintage {date}", vintage_about: "As it was known at the end of this date (UTC)",
  latest: "The latest whole period", latest_whole: "Latest whole one", on_period_before: "on the period before", on_year_before: "on the year before", first_period: "first period",
  nominal: "Token GDP, nominal", real: "Token GDP, real", price_index: "Token Price Index", index_of: "Price index, {sector}", unit_value: "Unit value", tokens: "Tokens", tokens_today: "Tokens today",
  quantity_and_value: "Quantity {quantity}, value {value}",
  unit_money: "{currency}, current prices", unit_real: "{currency}, chained, in money of {reference}", unit_unit_value: "{currency} per million tokens", unit_tokens: "tokens, priced or not", unit_index: "{reference} = 100", unit_percent: "percent", unit_points: "percentage points of growth",

  gdp: "Token GDP", gdp_by_sector: "Token GDP by sector", gdp_about: "Quantity \u00d7 unit value of all tokens, by whom they were made for or who made them.",
  by: "By", show: "Show", level: "Level", pch: "Growth on the period before", pc1: "Growth on the year before", prices: "Prices", nominal_prices: "Nominal (current prices)", real_prices: "Real (chained)", scale: "Scale", linear: "Linear", log: "Logarithmic", start: "Start", end: "End (not included)",
  others: "{count} others", no_adding_up: "Chained volumes of groups do not add up to the total; they are not stacked.", only_largest: "The {count} largest of {all}.", unpriced_note: "Not in it: {tokens} tokens that have no price.",

  token_index: "Token Index", index_about: "What the same tokens cost, how many there were, and what they were worth, against a period that is 100.", measure: "Measure", price: "Price", quantity: "Quantity", quantity_index: "Quantity index", value: "Value", method: "Method", compare: "Beside it", none: "None", reference: "Reference period (= 100)",
  headline_note: "The headline index: {method}.", window_note: "Multilateral methods: a rolling window of 13 periods.",

  movers: "What moved it", movers_about: "Contributions to growth on the period before, the largest first; they add up to the growth. Chained Fisher.", real_growth: "Real growth", price_growth: "Price change", contribution: "Contribution", growth_total: "Growth", growth_summary: "{title}: {growth}",
  compared_with: "Compared with {period}.", matched_note: "Items in both periods: {share} of value.", new_items: "New items", vanished_items: "Vanished items", drill: "Look inside", trail: "Where you are", trail_remove: "Leave this filter", whole_economy: "Whole economy",
  items: "Items", items_about: "What each item added, with both prices and quantities. An item is a model's token class and tier.", to_entries: "Entries", base_price: "Price before", price_now: "Price", base_quantity: "Tokens before", quantity_now: "Tokens",
  entries: "Ledger entries", entries_about: "The entries behind the value of the period, in the order of recording.", entries_total: "{entries} entries, {gdp} {currency}.", occurred_at: "Occurred", source: "Source", event_id: "Event", amount: "Amount",

  shares: "Shares of producers", shares_about: "Of the value, or the tokens, of each period.", share_of_value: "share of value", share_of_tokens: "share of tokens",
  concentration: "Concentration", concentration_about: "Herfindahl-Hirschman index and the share of the four largest.", hhi: "HHI", cr4: "CR4", active: "Active producers", hhi_bands: "Bands of the 2023 Merger Guidelines: 1,000 and 1,800.",
  unconcentrated: "unconcentrated", moderately_concentrated: "moderately concentrated", highly_concentrated: "highly concentrated", concentration_note: "Latest: {band}; {largest} has {share}; as concentrated as {as_many} equal producers.",
  learning: "Learning curve", learning_about: "The price index over all that was ever made: Wright's law is a line on these axes.", learning_axes: "both axes logarithmic", cumulative_volume: "Cumulative volume", fitted: "Fitted", interval: "95 % interval", lower: "Lower", upper: "Upper",
  learning_note: "With each doubling of all that was ever made, prices fall by {rate} (95 %: {lower} to {upper}); R\u00b2 {r2}, {n} points, {doublings} doublings.", moore_note: "By time alone they fall by {rate} a year; R\u00b2 {r2}. {better}", better_wright: "Experience explains more.", better_moore: "Time explains more.", better_none: "Neither explains more.", price_not_cost: "Prices are not costs: margins move too.",

  revisions_about: "What the first vintage after a period said of it, and what is known now.", first_and_latest: "First and latest estimate", first_estimate: "First estimate", latest_estimate: "Latest", first_vintage: "First vintage", revision: "Revision", revision_percent: "Revision, percent",
  revision_sizes: "Size of revisions", revision_sizes_about: "Latest less first estimate, in percent of the first.", revision_note: "{n} periods: mean revision {mean}, without signs {absolute}; the largest by amount {largest} ({period}).", no_revisions: "No period has both a first and a later estimate yet.",

  live: "Live", connecting: "Connecting \u2026", reconnecting: "The stream is interrupted; connecting again \u2026", live_open: "Connected", sealing_lag_seconds: "Sealing lag", live_at: "At {time}; includes everything recorded up to {through}.", events_per_second: "Events per second", tokens_per_second: "Tokens per second", gdp_today: "Token GDP today",
  lag_seconds: "Folding lag", quarantined: "In quarantine", unpriced_share_today: "Unpriced share today", rates: "What comes in", rates_about: "Of the whole ledger, all instances.", per_second: "per second", live_note: "A reading a second, the last five minutes; days are those of UTC.",

  names: {
    household: "Household", government: "Government", enterprise: "Enterprise", unclassified: "Unclassified", total: "Total",
    sector: "Sector", producer: "Producer", model: "Model", token_class: "Token class", service_tier: "Service tier",
    input: "Input", input_audio: "Audio input", input_image: "Image input", input_video: "Video input", cache_read: "Cache read", cache_write: "Cache write", cache_write_1h: "Cache write, 1 h", output: "Output", output_reasoning: "Reasoning", output_audio: "Audio output", output_image: "Image output", output_video: "Video output",
    standard: "Standard", batch: "Batch", priority: "Priority", flex: "Flex",
    headline: "Headline", fisher: "Fisher", tornqvist: "T\u00f6rnqvist", walsh: "Walsh", laspeyres: "Laspeyres", paasche: "Paasche", sato_vartia: "Sato-Vartia", marshall_edgeworth: "Marshall-Edgeworth", jevons: "Jevons", dutot: "Dutot", carli: "Carli",
    geks_fisher: "GEKS-Fisher", geks_tornqvist: "GEKS-T\u00f6rnqvist (CCDI)", geks_walsh: "GEKS-Walsh", geks_jevons: "GEKS-Jevons", int_geks_tornqvist: "intGEKS-T\u00f6rnqvist", wtpd: "Weighted time product dummy", gk: "Geary-Khamis",
    empty_period: "nothing in the period has a price", no_matched_items: "no item is in both periods", zero_price: "a free item", zero_quantity: "a quantity of zero", no_reference_period: "the reference period is empty or outside the window", no_weight_period: "the weight period is empty or outside the window",
    chain_broken: "the chain breaks between the period and the reference", negative_value: "corrections outweigh what they correct", nonpositive_value_added: "more was bought than made", out_of_range: "the numbers leave the arithmetic", no_earlier_period: "there is no earlier period", earlier_value_missing: "the earlier figure is missing",
    partial_period: "a period is not whole", zero_base: "growth from zero", growth_of_null: "the figure itself is missing", not_annualised: "days and hours are not annualised", too_few_points: "too few points", no_variation: "no variation", not_falling: "prices do not fall", confidential: "held back, because few accounts are behind them", not_released: "a month of it is not released",
    unconcentrated: "unconcentrated", moderately_concentrated: "moderately concentrated", highly_concentrated: "highly concentrated",
  },
};
