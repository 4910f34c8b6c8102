-- The store of a scan, RUN/run.sqlite: what is to be done and what was found, in one file that any SQLite reader opens.
-- A page's number is its task's number times 100,000 plus its own in that task, so it is the same however work was shared out.
-- Severities: 1 low, 2 medium, 3 high, 4 critical. Moments: ISO 8601, UTC. Lists and mappings: JSON.

CREATE TABLE run (
  name TEXT PRIMARY KEY,  -- format, created, targets (SHA-256 of what is to be scanned)
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE visits (
  visit INTEGER PRIMARY KEY,  -- 1, and one more for every --update
  started TEXT NOT NULL,
  finished TEXT,  -- empty while it is under way
  version TEXT NOT NULL,  -- of the program
  rules_digest TEXT NOT NULL,  -- SHA-256 of the rules that judge
  settings TEXT NOT NULL,  -- as asked for, JSON
  settings_digest TEXT NOT NULL
);

CREATE TABLE mistakes (
  visit INTEGER NOT NULL,
  source TEXT NOT NULL,  -- the list
  line INTEGER NOT NULL,
  text TEXT NOT NULL,  -- as written there
  problem TEXT NOT NULL,
  refused INTEGER NOT NULL  -- 1: it names something that could not be taken for a site
);

CREATE TABLE sites (
  site TEXT PRIMARY KEY,  -- host without www., with port and folder where they tell sites apart; of saved pages the folder
  position INTEGER NOT NULL,  -- place in the list
  url TEXT,  -- where the crawl begins
  name TEXT,
  case_ref TEXT,
  line INTEGER,
  columns TEXT NOT NULL  -- every column of the list, JSON
) WITHOUT ROWID;

CREATE TABLE tasks (
  task INTEGER PRIMARY KEY,
  visit INTEGER NOT NULL,
  kind TEXT NOT NULL,  -- crawl, archive (part of a web archive) or files
  site TEXT,  -- of a crawl
  source TEXT,  -- the archive or the folder
  member TEXT,  -- the archive inside a package
  start INTEGER,  -- bytes of the archive: from here, as far as it is not yet judged
  stop INTEGER,  -- and before here, to the end if empty
  files TEXT,  -- names in the folder, JSON
  seeds TEXT,  -- addresses that a crawl begins with besides the site's own, JSON
  state TEXT NOT NULL,  -- waiting, started, done, failed or skipped
  reason TEXT,  -- why it failed, or was skipped
  robots TEXT,  -- the site's robots.txt as it was received
  archive TEXT,  -- the crawl's web archive, relative to RUN
  archived INTEGER NOT NULL DEFAULT 0,  -- bytes of it that the store knows of
  errors INTEGER NOT NULL DEFAULT 0,  -- of the host, in a row
  requests INTEGER NOT NULL DEFAULT 0,  -- pages that were asked for
  judged INTEGER NOT NULL DEFAULT 0  -- pages of a long archive that are done
);

CREATE TABLE pages (
  page INTEGER PRIMARY KEY,
  task INTEGER NOT NULL,
  visit INTEGER NOT NULL,
  site TEXT NOT NULL,
  url TEXT NOT NULL,  -- as found; of a saved page its file
  source TEXT,  -- where its bytes are: ARCHIVE#START, or a file; an archive of this run relative to RUN
  state TEXT NOT NULL,  -- waiting, assessed, not_assessed, failed, skipped, duplicate or unchanged
  reason TEXT,  -- why not assessed, failed, skipped
  same_as INTEGER,  -- the page that this one repeats
  rank INTEGER NOT NULL DEFAULT 0,  -- crawl: lower is fetched first
  depth INTEGER NOT NULL DEFAULT 0,  -- crawl: links from the start
  attempts INTEGER NOT NULL DEFAULT 0,
  final_url TEXT,  -- after redirects
  status INTEGER,
  retrieved TEXT,
  media_type TEXT,
  bytes INTEGER,
  sha256 TEXT,  -- of the body
  etag TEXT,
  last_modified TEXT,
  truncated INTEGER,
  title TEXT,
  language TEXT,
  intent TEXT,  -- marketing, information or unclear
  characters INTEGER,  -- that a visitor can read
  obstacle TEXT,  -- kind of what kept it from being read
  score INTEGER,
  grade TEXT,
  meaning TEXT,
  codes TEXT  -- variable of the codebook to 1 or 0, JSON; what was not looked for is left out
);

CREATE TABLE findings (
  page INTEGER NOT NULL,
  rule TEXT NOT NULL,
  kind TEXT NOT NULL,  -- finding, strength or observation
  severity INTEGER NOT NULL,
  quotes INTEGER NOT NULL,  -- number of quotations
  note TEXT NOT NULL,
  PRIMARY KEY (page, rule)
) WITHOUT ROWID;

CREATE TABLE quotations (
  -- What is quoted, once for the pages that were judged together and say the same in the same place, such as a footer.
  quotation INTEGER PRIMARY KEY,  -- number of the first of those pages times 1,000,000 plus its own on that page
  severity INTEGER NOT NULL,
  quote TEXT NOT NULL,  -- the sentence
  words TEXT NOT NULL,  -- that met the rule
  prefix TEXT NOT NULL,
  suffix TEXT NOT NULL,
  section TEXT NOT NULL,  -- headings above, outermost first, JSON
  role TEXT NOT NULL,
  landmark TEXT NOT NULL,
  voice TEXT NOT NULL,
  contexts TEXT NOT NULL,  -- JSON
  support TEXT NOT NULL,  -- grade: none, vague, named, paper or trial
  citation TEXT,
  start INTEGER NOT NULL,  -- of the words in the passage
  stop INTEGER NOT NULL
);

CREATE TABLE quoted (
  page INTEGER NOT NULL,
  rule TEXT NOT NULL,
  number INTEGER NOT NULL,  -- gravest first
  passage INTEGER NOT NULL,
  quotation INTEGER NOT NULL,
  PRIMARY KEY (page, rule, number)
) WITHOUT ROWID;

CREATE VIEW quotes AS  -- what is quoted of each page
SELECT page, rule, number, severity, quote, words, prefix, suffix, section, role, landmark, voice, contexts, support,
  citation, passage, start, stop
FROM quoted JOIN quotations USING (quotation);

CREATE TABLE disclosures (
  page INTEGER NOT NULL,
  rule TEXT NOT NULL,  -- an absence rule: what it looks for is on this page
  PRIMARY KEY (page, rule)
) WITHOUT ROWID;

CREATE TABLE traits (
  page INTEGER NOT NULL,
  kind TEXT NOT NULL,  -- telephone, email, whatsapp …, address (postal), form (where it posts) or tracker
  value TEXT NOT NULL,
  PRIMARY KEY (page, kind, value)
) WITHOUT ROWID;

CREATE TABLE texts (
  page INTEGER PRIMARY KEY,
  passages BLOB NOT NULL  -- zlib: JSON list of [role, landmark, language, hidden, text]
);

CREATE TABLE rules (
  visit INTEGER NOT NULL,
  rule TEXT NOT NULL,
  category TEXT NOT NULL,
  title TEXT NOT NULL,
  severity INTEGER NOT NULL,
  status TEXT NOT NULL,
  form TEXT NOT NULL,
  codes TEXT NOT NULL,  -- variables of the codebook, JSON
  why TEXT NOT NULL,
  ask TEXT NOT NULL,
  basis TEXT NOT NULL,  -- JSON
  PRIMARY KEY (visit, rule)
) WITHOUT ROWID;

CREATE TABLE verdicts (
  visit INTEGER NOT NULL,
  site TEXT NOT NULL,
  state TEXT NOT NULL,  -- assessed, not_assessed, failed or skipped
  reason TEXT,
  score INTEGER,
  grade TEXT,
  meaning TEXT,
  intent TEXT,
  assessed INTEGER NOT NULL,  -- numbers of pages by state
  not_assessed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  duplicate INTEGER NOT NULL,
  worst TEXT NOT NULL,  -- pages with the lowest scores, JSON
  parts TEXT NOT NULL,  -- steps between 100 and the score: [points, reason, rule], JSON
  PRIMARY KEY (visit, site)
) WITHOUT ROWID;

CREATE TABLE site_findings (
  visit INTEGER NOT NULL,
  site TEXT NOT NULL,
  rule TEXT NOT NULL,
  kind TEXT NOT NULL,  -- finding, strength or observation
  severity INTEGER NOT NULL,
  pages INTEGER NOT NULL,  -- on how many it was met
  first INTEGER,  -- one of those, the gravest
  note TEXT NOT NULL,
  PRIMARY KEY (visit, site, rule)
) WITHOUT ROWID;

CREATE TABLE site_codes (
  visit INTEGER NOT NULL,
  site TEXT NOT NULL,
  variable TEXT NOT NULL,  -- of the codebook
  value INTEGER,  -- 1: on a page that was read; 0: on none of them; empty: not looked for
  PRIMARY KEY (visit, site, variable)
) WITHOUT ROWID;

CREATE TABLE networks (
  visit INTEGER NOT NULL,
  network INTEGER NOT NULL,  -- its number: 1 has the most sites
  kind TEXT NOT NULL,  -- what its sites share: a kind of trait, or copy (the same passage of text)
  value TEXT NOT NULL,  -- the same on all; of copy how its first site has it
  site TEXT NOT NULL,
  page INTEGER NOT NULL,  -- one on which the site has it
  PRIMARY KEY (visit, network, kind, value, site)
) WITHOUT ROWID;

CREATE TABLE changes (
  visit INTEGER NOT NULL,  -- the later one; it is compared with the one before
  site TEXT NOT NULL,
  number INTEGER NOT NULL,
  url TEXT NOT NULL,
  earlier INTEGER,  -- page of the visit before
  page INTEGER,  -- of this visit
  what TEXT NOT NULL,  -- site, page, finding, quotation or passage
  change TEXT NOT NULL,  -- added, removed or reworded
  rule TEXT,
  before TEXT,
  after TEXT,
  PRIMARY KEY (visit, site, number)
) WITHOUT ROWID;

CREATE INDEX pages_by_site ON pages (visit, site, page);
CREATE INDEX pages_by_task ON pages (task, state, rank, page);
CREATE INDEX traits_by_value ON traits (kind, value);
