#pragma once

#include <optional>
#include <string>
#include <vector>

#include "GameServer/GameServerConfig.h"
#include "ServerCore/Base/Log.h"

namespace game {

// Notices that the configuration file has changed, and tells which of the settings in it can be had without a restart.
//
// The file is looked at now and then (Poll), and taken up when it has been left alone since the last look, so that one being written is
// not read half. It is taken up as a whole or not at all: what is wrong with it goes to the log, and the server runs on as it did.
// Owner: main().  Threads: the owner's.
class LiveConfig {
public:
    // `running`: what the server was started with. `log` outlives it.
    LiveConfig(GameServerConfig running, std::vector<std::string> commandLine, servercore::Logger& log);

    // What the server is to run with from now on; nothing: as before.
    [[nodiscard]] std::optional<GameServerConfig> Poll();

    [[nodiscard]] const GameServerConfig& Running() const noexcept { return running_; }

private:
    // The text of the file: the time of a file does not tell two changes within a second apart everywhere.
    [[nodiscard]] std::optional<std::string> Look() const;
    [[nodiscard]] std::optional<GameServerConfig> Read();
    // True: there is something to do at once.
    [[nodiscard]] bool LogChanges(const servercore::app::Settings& before, const servercore::app::Settings& after);

    GameServerConfig running_;
    const std::vector<std::string> commandLine_;
    servercore::Logger& log_;
    std::optional<std::string> seen_;   // at the last look
    std::optional<std::string> taken_;  // what was last read
};

}  // namespace game
