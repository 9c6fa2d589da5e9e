# A complete consumer of nopassd's site API: acts on every event and answers questions.
#
#     NOPASSD_SOCKET=/run/nopassd/site.sock ruby consumer.rb
#
# Ruby 3.0 or later, the standard library alone. Your own code goes into act and may?. Anything that goes wrong ends in
# the same place: a pause, then from the beginning; what was not acknowledged comes again. SIGTERM ends it.
require 'json'
require 'net/http'
require 'set'
require 'socket'

SOCKET = ENV.fetch('NOPASSD_SOCKET', '/run/nopassd/site.sock')
CONSUMER = '/v1/consumers/website'
ACTED_ON = Set.new # ids of events not yet acknowledged; kept with your data, they outlive this process too

class SiteConnection < Net::HTTP
  private

  def connect
    @socket = Net::BufferedIO.new(UNIXSocket.new(SOCKET))
  end
end

# What the daemon answers; raises when that is a problem, or nothing.
def call(method, path, body = nil)
  headers = body ? { 'Content-Type' => 'application/json' } : {}
  reply = SiteConnection.new('nopassd', nil, nil).send_request(method, path, body&.to_json, headers)
  raise "#{method} #{path}: #{reply.code} #{reply.body}" unless reply.is_a?(Net::HTTPSuccess)

  JSON.parse(reply.body)
end

# Events come at least once: what is done here must bear being done twice.
def act(event)
  puts "#{event['type']} #{event['subject']}"
  case event['type']
  when 'nopass.session.closed', 'nopass.session.expired'
    # End your own session: Session.where(nopass_session_id: event['data']['sessionId']).delete_all
  when 'nopass.user.deleted'
    # Delete the account: Account.where(nopass_user_id: event['data']['userId']).destroy_all
  end
end

# Your rule for callbacks whose policy is "ask". A long list of logins is cut short, its count is not.
def may?(question)
  logins = question['logins'] || [question['login'].to_s]
  logins.size == question.fetch('count', 1) && logins.all? { |login| login.end_with?('@example.org') }
end

def read_events
  call('PUT', CONSUMER, { from: 'oldest' }) # made at the first start, or anew when it was retired (410)
  loop do
    page = call('GET', "#{CONSUMER}/events?wait=30") # 409 while another process reads
    page['data'].each do |event|
      next if ACTED_ON.include?(event['id'])

      act(event)
      ACTED_ON << event['id']
    end
    next if page['data'].empty?

    call('POST', "#{CONSUMER}/ack", { through: page['cursor'] })
    ACTED_ON.clear
  end
end

def answer_questions
  loop do
    call('GET', '/v1/questions?wait=30')['data'].each do |question|
      allow = may?(question)
      call('PUT', "/v1/questions/#{question['id']}/answer", { allow: allow }) # 409 when it comes too late
      puts "#{question['callback']} #{allow ? 'allowed' : 'denied'}"
    end
  end
end

def forever
  yield
rescue StandardError => e
  warn e.message
  sleep 1
  retry
end

$stdout.sync = true
trap('TERM') { exit }
Thread.new { forever { answer_questions } }
forever { read_events }
