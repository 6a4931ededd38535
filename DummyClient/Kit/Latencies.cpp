#include "DummyClient/Kit/Latencies.h"

#include <algorithm>
#include <utility>

#include "DummyClient/Report/SampleMath.h"
#include "ServerCore/Base/Assert.h"

namespace loadtest {

Latencies::Latencies(std::vector<std::string> names, std::size_t lanes) {
    for (std::string& name : names) {
        Kind& kind = kinds_.emplace_back();
        kind.name = std::move(name);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            kind.responseLanes.push_back(&kind.response.AddWriter());
            kind.serviceLanes.push_back(&kind.service.AddWriter());
        }
    }
}

void Latencies::Record(std::string_view name, std::size_t lane, const SendTimes& times, servercore::TimePoint now) {
    const auto kind = std::ranges::find(kinds_, name, &Kind::name);
    SC_VERIFY(kind != kinds_.end());
    lane %= kind->responseLanes.size();
    kind->responseLanes[lane]->Record(now - times.intended);
    kind->serviceLanes[lane]->Record(now - times.sent);
}

std::map<std::string, KindSample> Latencies::TakeInterval() {
    std::map<std::string, KindSample> samples;
    for (Kind& kind : kinds_) {
        KindSample sample = ToKindSample(kind.response.TakeInterval(), kind.service.TakeInterval());
        if (sample.response.count > 0) {
            samples.emplace(kind.name, std::move(sample));
        }
    }
    return samples;
}

std::vector<KindTotals> Latencies::Totals() const {
    std::vector<KindTotals> totals;
    for (const Kind& kind : kinds_) {
        KindTotals total{.name = kind.name, .response = kind.response.Total(), .service = kind.service.Total()};
        if (total.response.Count() > 0) {
            totals.push_back(std::move(total));
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
