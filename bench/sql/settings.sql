-- The 500 settings that every console has, as a view for the loaders.
CREATE TEMP VIEW settings AS
  SELECT i, 'section_' || i % 10 || '.item_' || i AS key, 'section_' || i % 10 AS category,
    CASE i % 4
      WHEN 0 THEN 'text value ' || i
      WHEN 1 THEN i::text
      WHEN 2 THEN (i % 8 < 4)::text
      ELSE '{"limit": ' || i || '}'
    END AS value,
    (array['string', 'integer', 'boolean', 'json'])[i % 4 + 1] AS data_type,
    'What item ' || i || ' is for' AS description,
    i % 25 <> 0 AS is_mutable
  FROM generate_series(1, 500) i;
