import pytest

import config
from expertpool.errors import Misconfigured
from expertpool.settings.crypto import Keyring

OLD, NEW = config.new_data_key(), config.new_data_key()


def test_what_is_sealed_is_opened_and_each_sealing_differs():
    keys = Keyring([NEW])
    assert keys.unseal(keys.seal("周岚 13800000000")) == "周岚 13800000000"
    assert keys.seal("x") != keys.seal("x")


def test_after_rotation_old_values_open_and_are_resealed_with_the_new_key():
    sealed = Keyring([OLD]).seal("x")
    both = Keyring([NEW, OLD])
    assert both.unseal(sealed) == "x"
    assert Keyring([NEW]).unseal(both.reseal(sealed)) == "x"


def test_a_value_of_another_key_or_changed_is_refused_with_a_sentence():
    sealed = Keyring([OLD]).seal("x")
    with pytest.raises(Misconfigured, match="EXPERTPOOL_DATA_KEYS"):
        Keyring([NEW]).unseal(sealed)
    with pytest.raises(Misconfigured):
        Keyring([OLD]).unseal(sealed[:-4] + "AAA=")


def test_blind_indexes_find_a_whole_value_under_every_key():
    assert Keyring([OLD]).blind_index("138") == Keyring([OLD]).blind_index("138")
    assert Keyring([OLD]).blind_index("138") != Keyring([OLD]).blind_index("139")
    assert Keyring([NEW, OLD]).blind_indexes("138") == (
        Keyring([NEW]).blind_index("138"),
        Keyring([OLD]).blind_index("138"),
    )


def test_a_fingerprint_tells_keys_apart_and_not_what_they_are():
    (fingerprint,) = Keyring([OLD]).fingerprints
    assert len(fingerprint) == 16
    assert fingerprint not in OLD
    assert Keyring([NEW, OLD]).fingerprints[1] == fingerprint
