#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>

#include "DummyClient/Attack/Catalogue.h"
#include "tests/Support/TestServices.h"

namespace loadtest::attack::test {

using namespace std::chrono_literals;

// Nothing announces that it is time for the next step.
inline void LetTimePass(std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, time, [] { return false; });
}

// A few attackers, who make it short.
[[nodiscard]] inline AttackSettings FewAttackers(const servercore::NetAddress& server) {
    AttackSettings settings;
    settings.server = server;
    settings.attackers = 4;
    settings.duration = 300ms;
    return settings;
}

// The attack of that name from its beginning to its verdict, without honest players.
[[nodiscard]] inline Finding Fight(servercore::test::World& world, std::string_view name, const AttackSettings& settings) {
    const AttackKind* kind = FindAttack(name);
    if (kind == nullptr) {
        ADD_FAILURE() << "there is no attack " << name;
        return {};
    }
    const std::unique_ptr<Attack> attack = kind->make(settings, {.network = *world.network, .clock = world.clock, .log = world.log});
    if (const std::error_code error = attack->Begin()) {
        ADD_FAILURE() << error.message();
        return {};
    }
    while (!attack->IsOver(world.clock.Now())) {
        attack->Step(world.clock.Now());
        LetTimePass(5ms);
    }
    return attack->Judge(world.clock.Now());
}

}  // namespace loadtest::attack::test
