-- What each item costs per million tokens, and on which days of UTC: the cost cards in the reporting currency, as they were known at the end
-- of the date $1 (null: as they are known now). The last word on a card's end counts; an open card ends where the next begins, and one that
-- ends before it begins was withdrawn: it is nobody's next.
select i.id as item_id, r.unit_value as unit_cost, card.first_day, card.end_day
from (
    select known.id, known.model_id, known.service_tier, known.currency, (known.effective_from at time zone 'UTC')::date as first_day,
           (least(known.effective_to, lead(known.effective_from) over (
               partition by known.producer_id, known.model_id, known.service_tier
               order by known.effective_from, known.id)) at time zone 'UTC')::date as end_day
    from (
        select c.id, c.producer_id, c.model_id, c.service_tier, c.currency, c.effective_from,
               case when word.id is null then c.effective_to else word.effective_to end as effective_to
        from rate_cards c
        left join lateral (
            select e.id, e.effective_to from rate_card_ends e
            where e.rate_card_id = c.id and ($1::date is null or e.recorded_at < ($1::date + 1)::timestamp at time zone 'UTC')
            order by e.id desc limit 1) word on true
        where c.kind = 2 and ($1::date is null or c.recorded_at < ($1::date + 1)::timestamp at time zone 'UTC')) known
    where known.effective_to is null or known.effective_to > known.effective_from) card
join rates r on r.rate_card_id = card.id
join items i on i.model_id = card.model_id and i.service_tier = card.service_tier and i.token_class = r.token_class
where card.currency = (select reporting_currency from rollup_context)
