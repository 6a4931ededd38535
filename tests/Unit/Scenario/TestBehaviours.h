#pragma once

#include <vector>

#include "DummyClient/Scenario/BehaviourInfo.h"

namespace loadtest::test {

// Like those of the program.
inline std::vector<BehaviourInfo> TestBehaviours() {
    return {
        {.name = "player",
         .about = "walks, talks and checks",
         .options = {{.name = "chat_share", .defaultValue = "0.1", .about = "of the messages"},
                     {.name = "zones", .defaultValue = "0", .about = "how many are used"},
                     {.name = "first_zone", .defaultValue = "1", .about = "the lowest in use"},
                     {.name = "whisper", .defaultValue = "false", .about = "every other chat is a whisper"},
                     {.name = "switch_every", .defaultValue = "0s", .about = "goes to another zone"},
                     {.name = "reconnect_every", .defaultValue = "0s", .about = "loses its connection"},
                     {.name = "tag", .defaultValue = "bot", .about = "its name begins with it"}},
         .hasRate = true},
        {.name = "echo", .about = "asks", .options = {}, .hasRate = true},
        {.name = "login", .about = "comes and goes", .options = {}, .hasRate = false},
        {.name = "idle",
         .about = "is there",
         .options = {{.name = "heartbeat", .defaultValue = "10s", .about = "so often it shows that it is alive"}},
         .hasRate = false},
    };
}

}  // namespace loadtest::test
