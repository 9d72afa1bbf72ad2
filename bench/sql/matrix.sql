-- Fifty roles and two hundred permissions, so that the matrix has ten thousand boxes.
INSERT INTO roles (name, description)
  SELECT 'team_' || number, 'Team ' || number
  FROM generate_series(1, 50 - (SELECT count(*)::int FROM roles)) number;
INSERT INTO permissions (code, resource, action, description)
  SELECT 'archive_' || number || ':read', 'archive_' || number, 'read', 'Read archive ' || number
  FROM generate_series(1, 200 - (SELECT count(*)::int FROM permissions)) number;
INSERT INTO role_permissions (role_id, permission_id)
  SELECT roles.id, permissions.id FROM roles, permissions
  WHERE (permissions.id * 7 + roles.id) % 4 = 0 ON CONFLICT DO NOTHING;
