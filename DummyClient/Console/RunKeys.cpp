#include "DummyClient/Console/RunKeys.h"

namespace loadtest {

using servercore::platform::TerminalKey;

std::optional<RunOrder> ToRunOrder(const TerminalKey& key) noexcept {
    switch (key.kind) {
        case TerminalKey::Kind::Up: return RunOrder::AddBots;
        case TerminalKey::Kind::Down: return RunOrder::RemoveBots;
        case TerminalKey::Kind::Character: break;
    }
    switch (key.character) {
        case '+':
        case '=': return RunOrder::AddBots;
        case '-': return RunOrder::RemoveBots;
        case 'p':
        case 'P': return RunOrder::TogglePause;
        case 'q':
        case 'Q': return RunOrder::Finish;
        case '?': return RunOrder::ToggleHelp;
        default: return std::nullopt;
    }
}

}  // namespace loadtest
