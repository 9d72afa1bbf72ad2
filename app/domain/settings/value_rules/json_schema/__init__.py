"""JSON Schema (2020-12): checks within a budget of steps, and schemas and mistakes in words."""
