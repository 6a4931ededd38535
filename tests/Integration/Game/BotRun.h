// Runs of the load tester within a test.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "DummyClient/Kit/LoadRun.h"
#include "DummyClient/Scenario/ScenarioFile.h"
#include "DummyClient/World/GameBehaviours.h"
#include "DummyClient/World/WorldPopulation.h"
#include "DummyClient/World/WorldResult.h"
#include "ServerCore/Base/Mutex.h"
#include "tests/Support/TestServices.h"

namespace game::test {

// What a run found: of players, and in all.
struct BotRunResult {
    loadtest::WorldResult world;  // of the first group, if it is one of players
    loadtest::RunReport report;
    std::string tables;
    loadtest::Counts problems;
};

// Owner: a test.  Threads: confined to the test's.
class BotRun {
public:
    BotRun(servercore::test::World& world, servercore::NetAddress server) : world_(world), server_(server) {}

    // A group of players, all there from the beginning to the end. `options`: those that are not as they are by default.
    [[nodiscard]] static loadtest::Scenario Players(std::size_t bots, std::chrono::milliseconds time,
                                                    const loadtest::BehaviourOptions& options = {}) {
        return OneGroup("player", bots, 10, time, options);
    }

    [[nodiscard]] static loadtest::Scenario OneGroup(const std::string& behaviour, std::size_t bots, double rate,
                                                     std::chrono::milliseconds time, const loadtest::BehaviourOptions& options = {}) {
        loadtest::GroupPlan group;
        group.name = group.behaviour = behaviour;
        group.bots = bots;
        group.rate = rate;
        for (const loadtest::Behaviour& known : loadtest::GameBehaviours()) {
            for (const loadtest::OptionInfo& option : known.info.options) {
                if (known.info.name == behaviour) {
                    group.options[option.name] = option.defaultValue;
                }
            }
        }
        for (const auto& [name, value] : options) {
            group.options.at(name) = value;
        }
        loadtest::Scenario scenario;
        scenario.duration = time;
        scenario.groups = {std::move(group)};
        scenario.SeedShapes();
        return scenario;
    }

    // `onMoment` is called every few milliseconds of the run.
    [[nodiscard]] BotRunResult Play(const loadtest::Scenario& scenario, const std::function<void()>& onMoment = {},
                                    const std::function<std::optional<loadtest::RunWish>()>& takeWish = {}) {
        loadtest::WorldPopulation* players = nullptr;
        loadtest::LoadPlan plan{.scenario = scenario,
                                .behaviours = loadtest::GameBehaviours(),
                                .sources = {},
                                .thresholds = {},
                                .canAddBots = takeWish != nullptr};
        for (loadtest::Behaviour& behaviour : plan.behaviours) {
            behaviour.make = [&players, make = behaviour.make](const loadtest::PopulationPlan& group) {
                std::unique_ptr<loadtest::Population> population = make(group);
                players = players != nullptr ? players : dynamic_cast<loadtest::WorldPopulation*>(population.get());
                return population;
            };
        }
        const auto pause = [&](std::chrono::milliseconds time) {
            if (onMoment) {
                onMoment();
            }
            return silence_.WaitFor(time);
        };
        loadtest::LoadRun run(std::move(plan), {.network = *world_.network,
                                                .clock = world_.clock,
                                                .log = world_.log,
                                                .pause = pause,
                                                .show = [](const loadtest::RunView&) {},
                                                .takeWish = takeWish});
        EXPECT_FALSE(run.Run({server_}));
        BotRunResult result;
        if (players != nullptr) {
            result.world = players->Result();
        }
        result.report = run.TakeReport();
        result.tables = run.Tables();
        result.problems = run.Problems();
        return result;
    }

private:
    // Paces a run; never rings.
    class Silence {
    public:
        bool WaitFor(std::chrono::milliseconds time) {
            servercore::MutexLock lock(mutex_);
            return never_.wait_for(lock, time, [] { return false; });
        }

    private:
        servercore::Mutex mutex_;
        std::condition_variable_any never_;
    };

    servercore::test::World& world_;
    const servercore::NetAddress server_;
    Silence silence_;
};

}  // namespace game::test
