"""What the server promises, seen from one client that knows only what it receives."""

from Judge import Judge, insist
from Messages import LOGIN_RESULTS, RESUME_RESULTS
from PlayerView import PlayerView


class ServerJudge(Judge):
    def __init__(self, page):
        super().__init__(page, "server")
        self.view = None  # what the player has been told, over all its connections; None: nobody has logged in
        self.reconnect()

    def reconnect(self):
        """The connection has ended, and the client has made another."""
        self._greeted = False
        self._possible = {self._page.states[0]}  # the states that the server may be in

    def _check_state(self, packet):
        insist(self._greeted or packet.name in ("S_Hello", "S_DisconnectNotice"), "hello", f"{packet.name} came first")
        insist(packet.states & self._possible, "state", f"{packet.name} came in one of {sorted(self._possible)}")

    def _judge(self, packet, message):
        check = getattr(self, f"_{packet.name}", None)
        if check is not None:
            check(message)
        elif self.view is not None:
            self.view.take(packet, message)

    def _S_Hello(self, message):
        self._greeted = True
        self._possible = {self._page.leads_to[self._page.states[0], "C_Hello"]}

    def _S_LoginResult(self, message):
        if message.result == LOGIN_RESULTS.Value("LOGIN_OK"):
            self.view = PlayerView(message.player_id)
            self._leads_to("C_Login")

    def _S_ResumeResult(self, message):
        if message.result == RESUME_RESULTS.Value("RESUME_OK"):
            insist(self.view is not None, "resume", "there is nobody to take over")
            self.view.resume(message)
            self._leads_to("C_Resume")

    def _S_ZoneEntered(self, message):
        self.view.take(self._page.by_name["S_ZoneEntered"], message)
        self._possible = self._page.reachable(self._page.leads_to["Entering", "S_ZoneEntered"])

    def _leads_to(self, packet):
        self._possible = self._page.reachable(self._page.leads_to["Login", packet])
