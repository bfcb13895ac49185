"""What belongs together, as folders and tags tell it."""

import pandas as pd
import pytest

from index.labels import LabelsError, albums_of, check_groups, labels_of

SONGS = pd.DataFrame(
    {
        "path": ["A/One/1.mp3", "A/One/2.mp3", "B/Hits/1.mp3", "C/Hits/1.mp3", "loose.mp3"],
        "artist": ["A", "A feat. D", "B", "C", ""],
        "albumartist": ["A", "A", "", "", ""],
        "album": ["One", "One", "Hits", "Hits", ""],
        "genre": ["Rock", "Rock", "", "Jazz", ""],
    }
)


def test_a_folder_is_the_one_that_the_song_lies_in() -> None:
    assert labels_of(SONGS, "folder").tolist() == ["A/One", "A/One", "B/Hits", "C/Hits", "."]


def test_tags_are_taken_as_they_are_and_missing_ones_stay_empty() -> None:
    assert labels_of(SONGS, "artist").tolist() == ["A", "A feat. D", "B", "C", ""]
    assert labels_of(SONGS, "genre").tolist() == ["Rock", "Rock", "", "Jazz", ""]


def test_albums_of_the_same_name_are_told_apart_by_whose_they_are() -> None:
    albums = labels_of(SONGS, "album")
    assert albums[0] == albums[1] and albums[2] != albums[3] and albums[4] == ""
    assert albums.tolist() == albums_of(SONGS).tolist()


def test_an_unknown_label_is_refused_with_those_there_are() -> None:
    with pytest.raises(LabelsError, match="'mood'; choose from: folder, artist, album, genre"):
        labels_of(SONGS, "mood")


@pytest.mark.parametrize(
    ("labels", "sentence"), [("abc", "no two songs share the genre"), ("aab", "only one group of songs shares")]
)
def test_fewer_than_two_groups_of_two_judge_nothing(labels: str, sentence: str) -> None:
    with pytest.raises(LabelsError, match=sentence):
        check_groups(pd.Series(list(labels)).to_numpy(object), "genre")
    check_groups(pd.Series(list("aabb")).to_numpy(object), "genre")
