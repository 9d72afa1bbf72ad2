-- The backend's tables with their usual indexes, and everybody in them.
-- psql -v n=1000
SET client_min_messages = warning;
SET synchronous_commit = off;
\ir people.sql
\ir settings.sql
\ir permissions.sql
CREATE TABLE application_settings (
  id serial PRIMARY KEY,
  key varchar(255) NOT NULL UNIQUE,
  value text NOT NULL,
  data_type varchar(50) NOT NULL,
  description text,
  is_mutable boolean NOT NULL DEFAULT true,
  category varchar(100),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE users (
  id serial PRIMARY KEY,
  username varchar(255) NOT NULL,
  email varchar(255) NOT NULL,
  password_hash varchar(255) NOT NULL,
  full_name varchar(255),
  bio text,
  is_active boolean NOT NULL DEFAULT true,
  is_verified boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE roles (
  id serial PRIMARY KEY,
  name varchar(100) NOT NULL UNIQUE,
  description text,
  is_system boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE permissions (
  id serial PRIMARY KEY,
  code varchar(255) NOT NULL UNIQUE,
  description text,
  resource varchar(100) NOT NULL,
  action varchar(100) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE user_roles (user_id int NOT NULL, role_id int NOT NULL);
CREATE TABLE role_permissions (
  role_id int NOT NULL REFERENCES roles ON DELETE CASCADE,
  permission_id int NOT NULL REFERENCES permissions ON DELETE CASCADE,
  PRIMARY KEY (role_id, permission_id)
);

INSERT INTO roles (name, description, is_system)
  SELECT coalesce((array['admin', 'user', 'viewer'])[r], 'role_' || r), 'Role ' || r, r <= 3
  FROM generate_series(1, 20) r;
INSERT INTO permissions (code, resource, action, description)
  SELECT code, resource, action, description FROM codes;
INSERT INTO role_permissions
  SELECT roles.id, permissions.id FROM roles, permissions
  WHERE roles.id = 1 OR (permissions.id * 7 + roles.id) % 4 = 0;
INSERT INTO application_settings (key, value, data_type, description, is_mutable, category)
  SELECT key, value, data_type, description, is_mutable, category FROM settings ORDER BY i;
INSERT INTO users
    (id, username, email, password_hash, full_name, is_active, is_verified, created_at, updated_at)
  SELECT n, username, email, '!', full_name, n % 10 <> 0, n % 3 = 0, now() - n * interval '1 s', now()
  FROM people;
INSERT INTO user_roles SELECT user_id, role_id FROM holdings;

ALTER TABLE user_roles ADD PRIMARY KEY (user_id, role_id),
  ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE,
  ADD FOREIGN KEY (role_id) REFERENCES roles ON DELETE CASCADE;
CREATE UNIQUE INDEX ix_users_username ON users (username);
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE INDEX ix_users_is_active ON users (is_active);
CREATE INDEX ix_users_created_at ON users (created_at);
SELECT setval('users_id_seq', (SELECT max(id) FROM users));
