-- The sector rules that a new ledger knows. Values as SectorRuleValues writes them. Only what a name says by itself: who may register a
-- domain, what a legal form is, what a plan is called. An operator's later rules and ends stay: this runs once.
with registry (kind, sector, provenance, keys) as (values
    -- 1 domains. Government: reserved for public bodies by the registry or by law.
    (1, 2, 'sponsored top-level domain, registration limited to United States governments', array['gov']),
    (1, 2, 'sponsored top-level domain, registration limited to the United States military', array['mil']),
    (1, 2, 'second-level domain of the United States reserved for federal institutions', array['fed.us']),
    (1, 2, 'institutions of the European Union', array['europa.eu']),
    (1, 2, 'second-level domain of the United Kingdom reserved for public bodies',
        array['gov.uk', 'mod.uk', 'nhs.uk', 'police.uk', 'parliament.uk', 'gov.scot', 'gov.wales', 'llyw.cymru']),
    (1, 2, 'domain of the Government of Canada or of a province', array['gc.ca', 'canada.ca', 'gouv.qc.ca', 'gov.bc.ca', 'gov.on.ca', 'gov.ab.ca', 'gov.sk.ca', 'gov.mb.ca']),
    (1, 2, 'domain of a government, or reserved by its country for public bodies', array[
        'gov.au', 'govt.nz', 'mil.nz', 'gov.ie', 'gov.mt', 'gov.cy', 'gov.gi',
        'gouv.fr', 'gouv.ci', 'gouv.sn', 'gouv.ml', 'gouv.bj', 'gouv.ht', 'gov.ma', 'gov.tn', 'gov.dz', 'gov.mr', 'public.lu', 'etat.lu',
        'bund.de', 'gv.at', 'admin.ch', 'llv.li', 'overheid.nl', 'rijksoverheid.nl', 'fgov.be', 'belgium.be',
        'gov.it', 'gob.es', 'gov.pt', 'gov.gr', 'gov.pl', 'mil.pl', 'gov.cz', 'gov.sk', 'gov.hu', 'gov.si', 'gov.hr', 'gov.rs', 'gov.ba', 'gov.me',
        'gov.mk', 'gov.al', 'gov.ro', 'gov.bg', 'gov.md', 'gov.ua', 'gov.lt', 'gov.lv', 'gov.ee', 'gov.ru', 'gov.by', 'gov.ge', 'gov.am', 'gov.az',
        'gov.is',
        'gob.mx', 'gob.ar', 'gov.ar', 'gob.cl', 'gov.cl', 'gov.br', 'leg.br', 'jus.br', 'mil.br', 'gov.co', 'mil.co', 'gob.pe', 'gob.ec', 'gob.bo',
        'gub.uy', 'gov.py', 'gob.ve', 'gob.gt', 'gob.hn', 'gob.sv', 'gob.ni', 'go.cr', 'gob.pa', 'gob.do', 'gov.jm', 'gov.tt', 'gov.bb',
        'go.jp', 'lg.jp', 'go.kr', 'mil.kr', 'gov.cn', 'mil.cn', 'gov.tw', 'gov.hk', 'gov.mo', 'gov.sg', 'gov.my', 'go.id', 'mil.id', 'go.th', 'mil.th',
        'gov.ph', 'gov.vn', 'gov.kh', 'gov.la', 'gov.mm', 'gov.bn', 'gov.mn', 'gov.in', 'nic.in', 'gov.pk', 'gov.bd', 'gov.lk', 'gov.np', 'gov.bt', 'gov.mv',
        'gov.kz', 'gov.uz', 'gov.kg', 'gov.tj', 'gov.tm', 'gov.af', 'gov.ir', 'gov.iq', 'gov.tr', 'pol.tr', 'gov.il', 'muni.il', 'idf.il', 'gov.ps', 'gov.jo', 'gov.lb',
        'gov.sa', 'gov.ae', 'gov.qa', 'gov.kw', 'gov.bh', 'gov.om', 'gov.ye', 'gov.eg', 'gov.ly', 'gov.sd',
        'gov.za', 'gov.ng', 'gov.gh', 'go.ke', 'go.tz', 'go.ug', 'gov.rw', 'gov.et', 'gov.zm', 'gov.zw', 'gov.bw', 'gov.na', 'gov.mz', 'gov.ao', 'gov.mw',
        'gov.mu', 'gov.sc', 'gov.sl', 'gov.lr', 'gov.gm', 'gov.cm', 'gov.fj', 'gov.pg', 'gov.sb', 'gov.vu', 'gov.ws', 'gov.to']),
    -- Enterprise: reserved for registered companies.
    (1, 3, 'second-level domain reserved for companies incorporated in the country', array['co.jp', 'ltd.uk', 'plc.uk']),

    -- 2 legal forms of companies, as the last words of a name.
    (2, 3, 'legal form of a company: corporation, United States and Canada', array['inc', 'incorporated', 'corp', 'corporation', 'llc', 'llp', 'pbc', 'ulc', 'ltée', 'limitée']),
    (2, 3, 'legal form of a company: common law', array['ltd', 'limited', 'plc', 'pty ltd', 'pty limited', 'pte ltd', 'pvt ltd', 'private limited', 'co ltd', 'sdn bhd', 'bhd', 'dac', 'clg']),
    (2, 3, 'legal form of a company: European Union', array['se', 'sce', 'eeig']),
    (2, 3, 'legal form of a company: Germany, Austria, Switzerland, Liechtenstein',
        array['gmbh', 'ggmbh', 'ag', 'kg', 'ohg', 'kgaa', 'ug haftungsbeschränkt', 'gmbh & co kg', 'se & co kgaa', 'ag & co kg', 'sàrl']),
    (2, 3, 'legal form of a company: French law', array['sa', 'sas', 'sasu', 'sarl', 'eurl', 'snc', 'sca', 'srl', 'sprl']),
    (2, 3, 'legal form of a company: Netherlands and Belgium', array['bv', 'nv', 'vof', 'bvba']),
    (2, 3, 'legal form of a company: Italy', array['spa', 'srls', 'sapa']),
    (2, 3, 'legal form of a company: Spain and Latin America', array['sl', 'slu', 'sau', 'sa de cv', 'sapi de cv', 's de rl de cv', 'sas de cv', 'spa de cv', 'eirl', 'ltda', 'cía ltda', 'cia ltda']),
    (2, 3, 'legal form of a company: Portugal and Brazil', array['lda', 'eireli', 's/a']),
    (2, 3, 'legal form of a company: Nordic countries', array['ab', 'ab publ', 'oy', 'oyj', 'oy ab', 'a/s', 'asa', 'aps', 'ehf']),
    (2, 3, 'legal form of a company: Central and Eastern Europe',
        array['sp z oo', 'sro', 'spol s ro', 'kft', 'zrt', 'nyrt', 'doo', 'ead', 'ood', 'eood', 'uab', 'oü']),
    (2, 3, 'legal form of a company: Turkey', array['aş', 'ltd şti']),
    (2, 3, 'legal form of a company: Japan', array['kk', '株式会社', '合同会社', '有限会社', '合資会社']),
    (2, 3, 'legal form of a company: China, Taiwan and Hong Kong', array['有限公司', '股份有限公司', '有限责任公司', '有限責任公司', '集团公司', '股份公司']),
    (2, 3, 'legal form of a company: Korea', array['주식회사', '유한회사']),
    (2, 3, 'legal form of a company: Indonesia, Vietnam', array['tbk', 'persero tbk', 'jsc']),

    -- 3 plans whose name says for whom they are. Free and pro say it not.
    (3, 1, 'the plan''s name says that it is for private persons', array['personal', 'family', 'household']),
    (3, 3, 'the plan''s name says that it is for organizations in business', array['enterprise', 'business', 'team', 'corporate', 'company']),
    (3, 2, 'the plan''s name says that it is for public bodies', array['government', 'public_sector', 'gov', 'govcloud'])
)
insert into sector_rules (kind, value, sector, effective_from, provenance, created_at)
select kind, key, sector, '-infinity', 'built in: ' || provenance, clock_timestamp()
from registry, unnest(keys) with ordinality as k (key, place)
order by kind, sector, provenance, place;
