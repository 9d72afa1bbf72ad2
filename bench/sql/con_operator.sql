-- The operator in the backend's tables. psql -v hash=...
INSERT INTO users (username, email, password_hash, full_name, is_active, is_verified)
  VALUES ('bench', 'bench@example.org', :'hash', 'Bench Admin', true, true);
INSERT INTO user_roles SELECT id, 1 FROM users WHERE username = 'bench';
