"""The world of the real GameServer is as Protocol/STANDARD.md promises, seen by players that know only the page. What a player is told is
judged while it is received (PlayerView.py); the tests see to it that there is something to be told.

Usage: PYTHONPATH=<folder of the generated messages> WorldTest.py ROOT GAMESERVER [EMULATOR]
"""

import contextlib
import sys
import unittest

import Standard
from Messages import DISCONNECT_REASONS, LOGIN_RESULTS, MESSAGES, RESUME_RESULTS, WHISPER_RESULTS
from ServerProcess import ServerProcess

ROOT, GAME_SERVER, *EMULATOR = sys.argv[1:]
PAGE = Standard.Page(ROOT)
NO_SPEED_LIMIT = ("--max-speed", "0")


class WorldTest(unittest.TestCase):
    def start(self, *options):
        self._everything = contextlib.ExitStack()
        self.addCleanup(self._everything.close)
        self.game = self._everything.enter_context(ServerProcess(PAGE, [*EMULATOR, GAME_SERVER], *options))

    def guest(self):
        return self._everything.enter_context(self.game.client())

    def player(self, name, zone=1, place=None):
        client = self.guest()
        client.log_in(name)
        client.enter(zone)
        if place:
            client.walk(*place)
        return client

    def meet(self, *players):
        """All see each other."""
        everybody = {player.player_id for player in players}
        for player in players:
            player.wait_for(lambda: player.seen == everybody)

    def talk(self, speaker, *listeners):
        """What the zone had to say to them before has come then: the chat comes behind what the last tick has said."""
        speaker.chat(b"hm")
        for player in (speaker, *listeners):
            player.wait_for_packet("S_Chat", lambda chat: chat.player_id == speaker.player_id and chat.text == b"hm")

    def expect_notice(self, client, reason):
        name, message = client.rest()[-1]
        self.assertEqual((name, DISCONNECT_REASONS.Name(message.reason)), ("S_DisconnectNotice", f"DISCONNECT_{reason}"))


class Zone(WorldTest):
    def setUp(self):
        self.start(*NO_SPEED_LIMIT)

    def test_two_players_walk_and_chat_and_leave(self):
        ada, bob = self.player("Ada", place=(0, 0)), self.player("Bob", place=(0, 0))
        self.meet(ada, bob)
        for step in range(1, 41):
            ada.move(step, -step)
            bob.move(-step, step)
        said = [f"{number}: 안녕".encode() for number in range(10)]
        for text in said:
            ada.chat(text)
            bob.chat(text)
        heard = [[client.wait_for_packet("S_Chat") for _ in range(2 * len(said))] for client in (ada, bob)]
        self.assertEqual(heard[0], heard[1])
        for speaker, name in ((ada, b"Ada"), (bob, b"Bob")):
            self.assertEqual([chat.text for chat in heard[0] if (chat.player_id, chat.name) == (speaker.player_id, name)], said)
        for client in (ada, bob):
            client.wait_for(lambda: self.places_in(client) == {ada.player_id: (40, -40), bob.player_id: (-40, 40)})
        ada.leave()
        bob.wait_for(lambda: bob.seen == {bob.player_id})

    @staticmethod
    def places_in(client):
        return {player_id: (player.x, player.y) for player_id, player in client.view.seen.items()}

    def test_sight_ends_at_the_borders_of_cells(self):
        ada, bob = self.player("Ada", place=(0, 0)), self.player("Bob", place=(0, 0))
        self.meet(ada, bob)
        for near, far in (((4999, 0), (5000, 0)), ((-2500, 0), (-2501, 0)), ((0, 4999), (0, 5000)), ((0, -2500), (0, -2501)),
                          ((4999, 4999), (5000, 5000)), ((-2500, 4999), (-2501, 5000))):
            with self.subTest(near=near, far=far):
                bob.walk(*near)
                self.talk(ada, bob)
                self.assertEqual((ada.seen, bob.seen), ({ada.player_id, bob.player_id},) * 2)
                bob.walk(*far)
                self.talk(ada, bob)
                self.assertEqual((ada.seen, bob.seen), ({ada.player_id}, {bob.player_id}))
                ada.move(1, 1)  # the judge of Bob sees to it that he is not told
                ada.move(0, 0)
                self.talk(ada, bob)
                bob.walk(*near)
                self.meet(ada, bob)

    def test_a_newcomer_is_told_who_is_in_sight_and_nobody_else(self):
        ada, bob = self.player("Ada", place=(-9000, -9000)), self.player("Bob", place=(9000, 9000))
        cem = self.player("Cem")
        self.talk(ada, bob, cem)
        for other in (ada, bob):
            cem.walk(*other.place)
            cem.wait_for(lambda: cem.seen == {cem.player_id, other.player_id})
            other.wait_for(lambda: other.seen == {cem.player_id, other.player_id})

    def test_another_zone_is_another_place(self):
        ada, bob, cem = self.player("Ada", place=(0, 0)), self.player("Bob", place=(0, 0)), self.player("Cem", zone=2)
        self.meet(ada, bob)
        ada.chat(b"farewell")
        ada.enter(2)  # hears herself before, or the judge complains about her next chat
        bob.wait_for(lambda: bob.seen == {bob.player_id})
        self.talk(ada, cem)
        self.talk(bob)
        ada.walk(*cem.place)
        self.meet(ada, cem)
        ada.enter(1)
        ada.walk(0, 0)
        self.meet(ada, bob)

    def test_a_whisper_reaches_one_player_in_any_zone(self):
        ada, bob, guest = self.player("Ada"), self.player("Bob", zone=4), self.guest()
        guest.log_in("Cem")
        guest.settle()
        for to in (b"Bob", b"Nobody", b"Cem", b"Bob"):
            ada.whisper(to, b"psst, " + to)
        results = [ada.wait_for_packet("S_WhisperResult") for _ in range(4)]
        self.assertEqual([WHISPER_RESULTS.Name(result.result) for result in results],
                         ["WHISPER_OK", "WHISPER_NOT_ONLINE", "WHISPER_OK", "WHISPER_OK"])
        for client, name, sequences in ((bob, b"Bob", [1, 4]), (guest, b"Cem", [3])):
            for sequence in sequences:
                whisper = client.wait_for_packet("S_Whisper")
                self.assertEqual((whisper.player_id, whisper.name, whisper.sequence, whisper.text),
                                 (ada.player_id, b"Ada", sequence, b"psst, " + name))


class Arrival(WorldTest):
    def test_a_newcomer_hears_all_chats_of_its_first_tick(self):
        self.start("--tick", "300")  # so long that an arrival and a chat meet in one
        ada = self.player("Ada")
        for name in ("Bob", "Cem", "Dan"):
            newcomer = self.guest()
            newcomer.log_in(name)
            ada.chat(b"before")
            newcomer.send("C_EnterZone", zone_id=1)
            newcomer.settle()
            self.talk(ada, newcomer)  # their numbers are judged


class Speed(WorldTest):
    def test_who_is_too_fast_is_put_back(self):
        self.start("--max-speed", "100")
        ada = self.player("Ada")
        x, y = ada.place
        inwards = -1 if x > 0 else 1
        ada.walk(x + inwards * 100, y)
        ada.move(x + inwards * 5000, y)
        corrected = ada.wait_for_packet("S_PositionCorrected")
        self.assertEqual((corrected.sequence, corrected.x, corrected.y), (2, x + inwards * 100, y))
        ada.walk(x + inwards * 101, y)  # goes on with the third
        self.talk(ada)
        self.assertEqual(ada.place, (x + inwards * 101, y))


class Connections(WorldTest):
    def setUp(self):
        self.start(*NO_SPEED_LIMIT)

    def test_who_comes_back_has_missed_nothing_that_is_kept(self):
        for quietly in (False, True):
            with self.subTest(quietly=quietly):
                ada, bob = self.player(f"Ada {quietly}", place=(0, 0)), self.player(f"Bob {quietly}", place=(0, 0))
                self.meet(ada, bob)
                ada.chat(b"hi")
                self.talk(bob, ada)
                ada.reconnect(quietly)
                bob.walk(9000, 9000)
                for _ in range(3):
                    self.talk(bob)
                bob.whisper(f"Ada {quietly}".encode(), b"psst")
                self.assertEqual(bob.wait_for_packet("S_WhisperResult").result, WHISPER_RESULTS.Value("WHISPER_OK"))
                result = ada.resume()
                self.assertEqual((result.move_sequence, result.chat_sequence, result.whisper_sequence), (1, 1, 0))
                for _ in range(3):
                    ada.wait_for_packet("S_Chat")
                self.assertEqual(ada.wait_for_packet("S_Whisper").text, b"psst")
                self.assertEqual(ada.seen, {ada.player_id})
                bob.walk(100, 100)
                self.meet(ada, bob)
                ada.walk(1, 1)
                self.talk(ada, bob)
                for client in (ada, bob):
                    client.leave()

    def test_who_comes_back_is_told_where_everybody_is(self):
        ada, bob = self.player("Ada", place=(0, 0)), self.player("Bob", place=(0, 0))
        self.meet(ada, bob)
        ada.reconnect()
        bob.walk(17, 18)
        ada.resume()
        ada.wait_for(lambda: (ada.view.seen[bob.player_id].x, ada.view.seen[bob.player_id].y) == (17, 18))

    def test_who_is_too_far_behind_does_not_come_back(self):
        ada = self.player("Ada")
        ada.settle()
        text = "x" * PAGE.rules["chat"].numbers()[1]
        body = MESSAGES["S_Announcement"](text=text.encode()).SerializeToString()
        announcements = PAGE.kept_bytes // len(PAGE.frame("S_Announcement", body))
        ada.reconnect()
        few = announcements * 9 // 10
        self.game.tell(*[f"say {text}"] * few)
        ada.resume()
        for _ in range(few):
            ada.wait_for_packet("S_Announcement")
        ada.reconnect()  # again without having said what has arrived
        self.game.tell(*[f"say {text}"] * (announcements - few + 1))
        ada.resume()
        ada.reconnect()
        self.game.tell(*[f"say {text}"] * (announcements + 1))
        self.assertEqual(ada.try_to_resume().result, RESUME_RESULTS.Value("RESUME_UNKNOWN"))

    def test_a_connection_that_still_lives_is_replaced_by_a_resume(self):
        ada, other = self.player("Ada", place=(0, 0)), self.guest()
        other.greet()
        other.send("C_Resume", resume_token=ada.token, received=ada.view.kept + 1000)
        self.assertEqual(other.expect("S_ResumeResult").result, RESUME_RESULTS.Value("RESUME_UNKNOWN"))
        other.send("C_Resume", resume_token=ada.token, received=ada.view.kept)
        self.expect_notice(ada, "REPLACED")

    def test_a_second_login_ends_the_first(self):
        ada, bob = self.player("Ada", place=(0, 0)), self.player("Bob", place=(0, 0))
        self.meet(ada, bob)
        second = self.player("Ada", zone=2)
        self.assertNotEqual(second.player_id, ada.player_id)
        self.expect_notice(ada, "REPLACED")
        ada.reconnect()
        self.assertEqual(ada.try_to_resume().result, RESUME_RESULTS.Value("RESUME_UNKNOWN"))
        bob.wait_for(lambda: bob.seen == {bob.player_id})

    def test_a_broken_connection_does_not_keep_the_name(self):
        ada, bob = self.player("Ada", place=(0, 0)), self.player("Bob", place=(0, 0))
        self.meet(ada, bob)
        ada.reconnect()
        second = self.player("Ada", place=(0, 0))
        bob.wait_for(lambda: bob.seen == {second.player_id, bob.player_id})

    def test_who_has_left_or_was_told_to_go_does_not_come_back(self):
        ada, bob, cem = (self.player(name) for name in ("Ada", "Bob", "Cem"))
        ada.leave()
        bob.move(10001, 0)
        self.expect_notice(bob, "MALFORMED_PACKET")
        self.game.tell("kick Cem")
        self.expect_notice(cem, "KICKED")
        for client in (ada, bob, cem):
            client.reconnect()
            self.assertEqual(client.try_to_resume().result, RESUME_RESULTS.Value("RESUME_UNKNOWN"))

    def test_a_stop_is_announced(self):
        ada = self.player("Ada")
        self.game.stop()
        self.expect_notice(ada, "SERVER_STOPPING")


class Patience(WorldTest):
    def test_who_stays_away_for_too_long_is_gone(self):
        self.start("--resume-seconds", "1", *NO_SPEED_LIMIT)
        ada, bob = self.player("Ada", place=(0, 0)), self.player("Bob", place=(0, 0))
        self.meet(ada, bob)
        ada.reconnect()
        bob.wait_for(lambda: bob.seen == {bob.player_id})
        self.assertEqual(ada.try_to_resume().result, RESUME_RESULTS.Value("RESUME_UNKNOWN"))


class Operator(WorldTest):
    def test_everybody_hears_the_operator(self):
        self.start()
        ada, bob = self.player("Ada"), self.guest()
        bob.log_in("Bob")
        bob.settle()
        self.game.tell("say tea is ready")
        for client in (ada, bob):
            self.assertEqual(client.wait_for_packet("S_Announcement").text, b"tea is ready")

    def test_draining_lets_nobody_in_but_those_who_come_back(self):
        self.start()
        ada, bob = self.player("Ada"), self.guest()
        self.game.tell("drain 600")
        ada.wait_for_packet("S_Announcement")
        bob.greet()
        bob.send("C_Login", name=b"Bob")
        self.assertEqual(bob.expect("S_LoginResult").result, LOGIN_RESULTS.Value("LOGIN_SERVER_DRAINING"))
        bob.finish()
        ada.reconnect()
        ada.resume()
        self.talk(ada)
        ada.leave()
        self.game.expect_end()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
