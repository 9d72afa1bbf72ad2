import jinja2

from app.template_cache import CompiledTemplates


def test_pages_that_were_compiled_ahead_are_not_compiled_again(flask, app, tmp_path, monkeypatch):
    pages = app.jinja_env.list_templates(extensions=["html"])
    monkeypatch.setattr(app.jinja_env, "bytecode_cache", CompiledTemplates(tmp_path))

    done = flask("compile-templates")

    assert (done.code, done.err) == (0, f"Compiled {len(pages)} templates.\n")
    assert len(list((tmp_path / "__pycache__").iterdir())) == len(pages)
    monkeypatch.setattr(jinja2.Environment, "compile", None)
    app.jinja_env.cache.clear()
    assert app.test_client().get("/login").status_code == 200


def test_a_folder_that_cannot_be_written_is_named(flask, app, tmp_path, monkeypatch):
    monkeypatch.setattr(app.jinja_env, "bytecode_cache", CompiledTemplates(tmp_path / "gone"))

    done = flask("compile-templates")

    assert done.code == 1
    assert str(tmp_path / "gone") in done.err
    assert "Traceback" not in done.err
