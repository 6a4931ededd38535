#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "DummyClient/Scenario/Scenario.h"

namespace loadtest::test {

// Scenarios that a file can hold, of TestBehaviours.
// Owner: a test.  Threads: confined to its.
class RandomScenarios {
public:
    explicit RandomScenarios(std::uint64_t seed) : random_(seed) {}

    [[nodiscard]] Scenario Next();

private:
    std::uint64_t Between(std::uint64_t least, std::uint64_t greatest) { return least + random_() % (greatest - least + 1); }
    double Number(double least, double greatest);
    servercore::Duration Time(servercore::Duration least, servercore::Duration greatest);
    std::string Text(std::size_t least);
    LoadShape Shape(servercore::Duration play, std::size_t bots);
    GroupPlan Group(servercore::Duration play);
    BehaviourOptions Options(const std::string& behaviour);

    std::mt19937_64 random_;
};

}  // namespace loadtest::test
