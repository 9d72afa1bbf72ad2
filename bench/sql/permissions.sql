-- The thirty permissions that every console has, as a view for the loaders.
CREATE TEMP VIEW codes AS
  SELECT resource, action, resource || ':' || action AS code,
    'May ' || action || ' ' || resource AS description
  FROM unnest(array['user', 'role', 'document', 'setting', 'job', 'report']) resource,
    unnest(array['create', 'read', 'update', 'delete', 'export']) action;
