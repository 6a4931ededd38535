#include "BotRun.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "DummyClient/Scenario/ScenarioFile.h"

namespace mytitle::test {

BotOutcome PlayBots(std::string_view scenario, const std::vector<loadtest::Behaviour>& behaviours, const servercore::NetAddress& server,
                    const loadtest::LoadSurroundings& surroundings, std::size_t workers) {
    std::vector<loadtest::BehaviourInfo> infos;
    for (const loadtest::Behaviour& behaviour : behaviours) {
        infos.push_back(behaviour.info);
    }
    const loadtest::ReadScenarioResult read = loadtest::ReadScenario(scenario, "test", infos);
    if (!read.scenario) {
        return {.wrong = read.mistakes, .disconnects = {}};
    }
    loadtest::LoadPlan plan;
    plan.scenario = *read.scenario;
    plan.behaviours = behaviours;
    plan.workers = workers;
    loadtest::LoadRun run(plan, surroundings);
    EXPECT_FALSE(run.Run({server}));

    const loadtest::RunReport report = run.TakeReport();
    BotOutcome outcome{.wrong = {}, .disconnects = report.totals.disconnects};
    std::vector<loadtest::RunCheck> checks = report.checks;
    checks.push_back(run.BotsEndAsTheyShould());
    for (const loadtest::RunCheck& check : checks) {
        if (check.failed > 0) {
            outcome.wrong.push_back(fmt::format("{}: {} times not", check.name, check.failed));
        }
        outcome.linesHeard += check.name.ends_with("lines are heard as they were said") ? check.passed : 0;
    }
    for (const loadtest::Counts& counts : {report.totals.errors, run.Problems()}) {
        for (const auto& [what, count] : counts) {
            outcome.wrong.push_back(fmt::format("{} times {}", count, what));
        }
    }
    return outcome;
}

}  // namespace mytitle::test
