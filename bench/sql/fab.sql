-- The same people, roles and settings in Flask-AppBuilder's own tables.
-- psql -v n=1000
SET client_min_messages = warning;
SET synchronous_commit = off;
\ir people.sql
\ir settings.sql
INSERT INTO ab_role (id, name) SELECT 100 + r, 'role_' || r FROM generate_series(1, 20) r;
INSERT INTO ab_permission_view_role (id, permission_view_id, role_id)
  SELECT nextval('ab_permission_view_role_id_seq'), granted.id, ab_role.id
  FROM ab_role, (SELECT id FROM ab_permission_view ORDER BY id LIMIT 30) granted
  WHERE ab_role.id > 100 AND (granted.id * 7 + ab_role.id) % 4 = 0;
INSERT INTO ab_user
    (id, first_name, last_name, username, password, active, email, created_on, changed_on)
  SELECT n + 10, first_name, last_name, username, '!', n % 10 <> 0, email,
    now() - n * interval '1 s', now()
  FROM people;
INSERT INTO ab_user_role (id, user_id, role_id)
  SELECT nextval('ab_user_role_id_seq'), user_id + 10, role_id + 100 FROM holdings;
INSERT INTO application_settings (id, key, value, data_type, description, is_mutable, category)
  SELECT i, key, value, data_type, description, is_mutable, category FROM settings;
SELECT setval('ab_user_id_seq', (SELECT max(id) FROM ab_user));
