-- The people whom every console has, and the roles that they hold: two views for the loaders.
-- psql -v n=1000
CREATE TEMP VIEW people AS
  SELECT n, username, initcap(first) AS first_name, initcap(last) AS last_name,
    initcap(first) || ' ' || initcap(last) AS full_name,
    username || '@' || (array['example.org', 'example.com', 'example.net'])[n % 3 + 1] AS email
  FROM (
    SELECT n, first, last,
      CASE WHEN n = :n * 9 / 10 THEN 'needle.quixote' ELSE first || '.' || last END || n AS username
    FROM (
      SELECT n,
        (array['ada', 'ben', 'cleo', 'dan', 'eva', 'finn', 'gita', 'hugo', 'ines', 'jon', 'kira',
          'leo', 'mona', 'nils', 'olga', 'paul', 'rosa', 'sam', 'tara', 'uwe']
        )[n::bigint * 7919 % 20 + 1] AS first,
        (array['adler', 'berg', 'cruz', 'dupont', 'eriksson', 'fischer', 'garcia', 'hansen',
          'ivanov', 'johnson', 'kim', 'lopez', 'meyer', 'novak', 'olsen', 'petit', 'quinn',
          'rossi', 'silva', 'tanaka']
        )[n::bigint * 104729 / 20 % 20 + 1] AS last
      FROM generate_series(1, :n) n
    ) named
  ) called;

-- One to three roles each, of twenty.
CREATE TEMP VIEW holdings AS
  SELECT n AS user_id, (n * 31::bigint + step) % 20 + 1 AS role_id
  FROM generate_series(1, :n) n, (VALUES (0, 0), (1, 7), (2, 13)) more(number, step)
  WHERE number <= n % 3;
