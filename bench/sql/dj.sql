-- The same people, roles and permissions in Django's own tables.
-- psql -v n=1000
SET client_min_messages = warning;
SET synchronous_commit = off;
\ir people.sql
\ir permissions.sql
UPDATE auth_user SET id = 2000000000 WHERE username = 'bench';
INSERT INTO auth_group (id, name) SELECT r, 'role_' || r FROM generate_series(1, 20) r;
INSERT INTO auth_permission (name, content_type_id, codename)
  SELECT description, django_content_type.id, resource || '_' || action
  FROM codes, django_content_type WHERE model = 'user';
INSERT INTO auth_group_permissions (group_id, permission_id)
  SELECT auth_group.id, numbered.id
  FROM auth_group, (
    SELECT auth_permission.id, row_number() OVER (ORDER BY auth_permission.id) AS number
    FROM auth_permission JOIN codes ON codename = resource || '_' || action
  ) numbered
  WHERE auth_group.id = 1 OR (number * 7 + auth_group.id) % 4 = 0;
INSERT INTO auth_user
    (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
      date_joined)
  SELECT n, '!', false, username, first_name, last_name, email, n % 3 = 0, n % 10 <> 0,
    now() - n * interval '1 s'
  FROM people;
INSERT INTO auth_user_groups (user_id, group_id) SELECT user_id, role_id FROM holdings;
SELECT setval(pg_get_serial_sequence('auth_user', 'id'), 2000000001);
