#include "adapters/http/client.h"

#include <curl/curl.h>

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "adapters/http/transfer.h"
#include "core/mutex.h"

namespace selfheal::http {
namespace {

/// Connections of one batch to one origin; more requests wait their turn.
constexpr long kMaxConnections = 16;

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// A connection pool with spare handles; used by one call at a time.
struct Session {
  // The handles go first: libcurl wants them gone before their multi handle.
  std::unique_ptr<CURLM, MultiDeleter> multi;
  std::vector<EasyHandle> spare;

  EasyHandle TakeHandle() {
    if (spare.empty()) return EasyHandle(curl_easy_init());
    EasyHandle easy = std::move(spare.back());
    spare.pop_back();
    return easy;
  }
};

void InitLibrary() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

Failure OutOfMemory() {
  return Failure{{Code::kResourceExhausted, "HTTP client: out of memory"},
                 Delivery::kNotSent};
}

/// Puts the transfer on its way. @return why that can't be.
std::optional<Failure> Add(Transfer& transfer, CURLM* multi) {
  if (transfer.easy() == nullptr) return OutOfMemory();
  if (auto failure = transfer.Prepare()) return failure;
  if (curl_multi_add_handle(multi, transfer.easy()) == CURLM_OK) return {};
  return OutOfMemory();
}

std::unique_ptr<Session> NewSession() {
  auto session = std::make_unique<Session>();
  session->multi.reset(curl_multi_init());
  if (!session->multi) return nullptr;
  CURLM* multi = session->multi.get();
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, kMaxConnections);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kMaxConnections);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING,
                    static_cast<long>(CURLPIPE_NOTHING));
  return session;
}

/// Runs the transfers that `multi` holds until none is left.
void Drive(CURLM* multi, std::size_t left,
           std::vector<std::optional<Outcome>>& outcomes,
           std::deque<Transfer>& transfers) {
  while (left > 0) {
    int running = 0;
    if (curl_multi_perform(multi, &running) != CURLM_OK) return;
    int queued = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &queued)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* easy = message->easy_handle;
      for (std::size_t i = 0; i < transfers.size(); ++i) {
        if (transfers[i].easy() == easy) {
          outcomes[i] = transfers[i].Finish(code);
        }
      }
      --left;
    }
    if (left > 0 &&
        curl_multi_poll(multi, nullptr, 0, 1000, nullptr) != CURLM_OK) {
      return;
    }
  }
}

}  // namespace

class Client::Impl {
 public:
  explicit Impl(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  const Endpoint& endpoint() const { return endpoint_; }

  Outcome SendFresh(const Request& request) const {
    EasyHandle easy(curl_easy_init());
    if (!easy) return OutOfMemory();
    Transfer transfer(endpoint_, request, std::move(easy));
    if (auto failure = transfer.Prepare()) return std::move(*failure);
    return transfer.Finish(curl_easy_perform(transfer.easy()));
  }

  std::vector<Outcome> SendBatch(std::span<const Request> requests) {
    std::vector<std::optional<Outcome>> outcomes(requests.size());
    std::unique_ptr<Session> session = Borrow();
    if (session) Run(*session, requests, outcomes);
    std::vector<Outcome> result;
    result.reserve(outcomes.size());
    for (auto& outcome : outcomes) {
      result.push_back(outcome ? std::move(*outcome)
                               : Outcome(Failure{{Code::kInternal,
                                                  "HTTP client: poll failed"},
                                                 Delivery::kUnknown}));
    }
    if (session) Return(std::move(session));
    return result;
  }

 private:
  void Run(Session& session, std::span<const Request> requests,
           std::vector<std::optional<Outcome>>& outcomes) {
    std::deque<Transfer> transfers;  // A deque never moves its elements.
    std::size_t added = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      transfers.emplace_back(endpoint_, requests[i], session.TakeHandle());
      Transfer& transfer = transfers.back();
      if (auto failure = Add(transfer, session.multi.get())) {
        outcomes[i] = std::move(*failure);
      } else {
        ++added;
      }
    }
    Drive(session.multi.get(), added, outcomes, transfers);
    for (Transfer& transfer : transfers) {
      if (transfer.easy() == nullptr) continue;
      curl_multi_remove_handle(session.multi.get(), transfer.easy());
      EasyHandle easy = transfer.TakeHandle();
      curl_easy_reset(easy.get());  // Forgets pointers into the transfer.
      session.spare.push_back(std::move(easy));
    }
  }

  std::unique_ptr<Session> Borrow() EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      if (!idle_.empty()) {
        auto session = std::move(idle_.back());
        idle_.pop_back();
        return session;
      }
    }
    return NewSession();
  }

  void Return(std::unique_ptr<Session> session) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    idle_.push_back(std::move(session));
  }

  const Endpoint endpoint_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_ GUARDED_BY(mutex_);
};

Result<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  InitLibrary();
  auto base = ParseBaseUrl(options.base_url);
  if (!base) return base.error();
  Endpoint endpoint{.base = *std::move(base),
                    .tls = std::move(options.tls),
                    .user_agent = std::move(options.user_agent),
                    .connect_timeout = options.connect_timeout,
                    .allow_loopback = false};
  endpoint.allow_loopback = NamesLoopback(endpoint.base);
  return std::unique_ptr<Client>(
      new Client(std::make_unique<Impl>(std::move(endpoint))));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

const BaseUrl& Client::base() const { return impl_->endpoint().base; }

Outcome Client::Send(const Request& request) {
  if (request.connection == Connection::kFresh) {
    return impl_->SendFresh(request);
  }
  return std::move(impl_->SendBatch(std::span(&request, 1)).front());
}

std::vector<Outcome> Client::SendAll(std::span<const Request> requests) {
  return impl_->SendBatch(requests);
}

}  // namespace selfheal::http
