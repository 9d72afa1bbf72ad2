-- The same people, roles, permissions and settings in a database that the console's own revisions
-- made. What they insert stays: three roles, eighteen permissions; but for the settings, so that every
-- console has the same 500.
-- psql -v n=1000
SET client_min_messages = warning;
SET synchronous_commit = off;
\ir people.sql
\ir settings.sql
\ir permissions.sql
INSERT INTO roles (id, name, description)
  SELECT id, 'role_' || id, 'Role ' || id FROM generate_series(4, 20) id;
INSERT INTO permissions (code, resource, action, description)
  SELECT code, resource, action, description FROM codes ON CONFLICT (code) DO NOTHING;
INSERT INTO role_permissions (role_id, permission_id)
  SELECT roles.id, permissions.id FROM roles, permissions
  WHERE roles.id = 1 OR (permissions.id * 7 + roles.id) % 4 = 0 ON CONFLICT DO NOTHING;
DELETE FROM application_settings;
INSERT INTO application_settings (id, key, value, data_type, description, is_mutable, category)
  SELECT 1000 + i, key, value, data_type, description, is_mutable, category FROM settings;
INSERT INTO users
    (id, username, email, password_hash, full_name, is_active, is_verified, created_at, updated_at)
  SELECT n, username, email, '!', full_name, n % 10 <> 0, n % 3 = 0, now() - n * interval '1 s', now()
  FROM people;
INSERT INTO user_roles (user_id, role_id) SELECT user_id, role_id FROM holdings;
SELECT setval(pg_get_serial_sequence('users', 'id'), (SELECT max(id) FROM users));
SELECT setval(pg_get_serial_sequence('roles', 'id'), (SELECT max(id) FROM roles));
SELECT setval(pg_get_serial_sequence('application_settings', 'id'), 2000);
