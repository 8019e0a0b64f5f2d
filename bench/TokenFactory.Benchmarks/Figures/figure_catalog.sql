-- Four token classes of so many models of each of 20 producers as the setting bench.models says: 25 make 2,000 items. Those of a model are registered together, as its
-- first event does it.
insert into sources (slug, name, created_at) values ('figures', 'Figures', now());
insert into producers (slug, name, kind) select format('plant-%s', p), format('Plant %s', p), 1 from generate_series(1, 20) p;
insert into models (producer_id, slug, name, registered_on_sight)
select p.id, format('model-%s', n), format('Model %s', n), false from producers p, generate_series(1, current_setting('bench.models')::integer) n where p.slug like 'plant-%';
insert into items (producer_id, model_id, token_class, service_tier)
select m.producer_id, m.id, c, 1 from models m join producers p on p.id = m.producer_id, unnest(array[1, 5, 8, 9]) c
where p.slug like 'plant-%'
order by m.id, c;
