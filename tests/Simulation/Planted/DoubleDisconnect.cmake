# A graceful end is reported twice.
set(source ServerCore/Net/Session.cpp)
set(original_1 [[
            OnDisconnected(info);
]])
set(planted_1 [[
            OnDisconnected(info);
            if (info.graceful) {
                OnDisconnected(info);
            }
]])
