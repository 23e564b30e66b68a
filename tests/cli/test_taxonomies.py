NAMES = ("--slug", "GBT", "--name-zh", "行业分类", "--name-en", "Industries", "--edition", "2017")


def test_a_classification_is_loaded_again_without_changes(run, settings, tmp_path):
    path = tmp_path / "gbt.csv"
    path.write_text("代码,名称,上级代码\nA,农业,\nA01,种植,A\n", encoding="gb18030")
    first = run(settings, "taxonomy", "import", str(path), *NAMES)
    assert (first.exit_code, first.stderr) == (
        0,
        "2 skills added, 0 changed, 0 retired, 0 as before.\n",
    )
    again = run(settings, "taxonomy", "import", str(path), *NAMES)
    assert again.stderr == "0 skills added, 0 changed, 0 retired, 2 as before.\n"


def test_a_wrong_file_is_named_with_its_row_and_nothing_is_loaded(run, settings, tmp_path):
    path = tmp_path / "gbt.csv"
    path.write_text("代码,名称,上级代码\nA,农业,\nA01,种植,B\n", encoding="utf-8")
    wrong = run(settings, "taxonomy", "import", str(path), *NAMES)
    assert (wrong.exit_code, wrong.stderr) == (
        1,
        f"{path}: Row 3: there is no B for A01 to stand below.\n",
    )
    path.write_text("代码,名称,上级代码\nA,农业,\nA01,种植,A\n", encoding="utf-8")
    assert run(settings, "taxonomy", "import", str(path), *NAMES).stderr.startswith("2 skills added")
    missing = run(settings, "taxonomy", "import", str(tmp_path / "none.csv"), *NAMES)
    assert missing.exit_code == 1
    assert "cannot be read" in missing.stderr


def test_classifications_of_the_product_are_loaded_by_name(run, settings):
    assert run(settings, "taxonomy", "shipped", "ics").stderr.startswith("1381 skills added")
    assert run(settings, "taxonomy", "shipped", "udc").exit_code == 2
