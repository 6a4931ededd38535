#include "DummyClient/Latencies.h"

#include <utility>

#include "DummyClient/Report/SampleMath.h"

namespace loadtest {

Latencies::Latencies(std::size_t lanes) {
    for (Kind& kind : kinds_) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            kind.responseLanes.push_back(&kind.response.AddWriter());
            kind.serviceLanes.push_back(&kind.service.AddWriter());
        }
    }
}

void Latencies::Record(MessageKind which, std::size_t bot, const SendTimes& times, servercore::TimePoint now) {
    Kind& kind = kinds_[static_cast<std::size_t>(which)];
    const std::size_t lane = bot % kind.responseLanes.size();
    kind.responseLanes[lane]->Record(now - times.intended);
    kind.serviceLanes[lane]->Record(now - times.sent);
}

std::map<std::string, KindSample> Latencies::TakeInterval() {
    std::map<std::string, KindSample> samples;
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
        KindSample sample = ToKindSample(kinds_[i].response.TakeInterval(), kinds_[i].service.TakeInterval());
        if (sample.response.count > 0) {
            samples.emplace(kMessageKinds[i], std::move(sample));
        }
    }
    return samples;
}

std::vector<KindTotals> Latencies::Totals() const {
    std::vector<KindTotals> totals;
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
        KindTotals kind{
            .name = std::string(kMessageKinds[i]), .response = kinds_[i].response.Total(), .service = kinds_[i].service.Total()};
        if (kind.response.Count() > 0) {
            totals.push_back(std::move(kind));
        }
    }
    return totals;
}

void Latencies::DropTotals() {
    for (Kind& kind : kinds_) {
        kind.response.DropTotal();
        kind.service.DropTotal();
    }
}

}  // namespace loadtest
