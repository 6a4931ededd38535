# A graceful end is reported twice.
set(sources ServerCore/Net/Session.cpp)
set(source_1 ServerCore/Net/Session.cpp)
set(original_1 [[
            OnDisconnected(info);
]])
set(planted_1 [[
            OnDisconnected(info);
            if (info.graceful) {
                OnDisconnected(info);
            }
]])
