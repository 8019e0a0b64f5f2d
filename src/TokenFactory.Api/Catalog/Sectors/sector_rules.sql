-- Rules are added, never changed: entries keep their numbers. A rule's end is a row of its own.
grant select, insert on sector_rules, sector_rule_ends to tokenfactory_service;
