/* The board's code on modelled peripherals and chips: from the pins to the UART and back. */
#include <string.h>

#include "../hal/nrf52840/board.h"
#include "afe_host.h"
#include "bytes.h"
#include "drivers_check.h"
#include "models/nrf_model.h"

static struct sim_bus bus;

static void run_ms(unsigned ms)
{
    const uint64_t end = bus.now_ns + ms * UINT64_C(1000000);
    while (bus.now_ns < end)
        board_turn();
    (void)take(NULL, nrf_model.sent, nrf_model.sent_bytes);
    nrf_model.sent_bytes = 0;
}

static uint8_t command(uint8_t code, const uint8_t *arguments, size_t n)
{
    uint8_t packet[FO_MAX_PACKET_BYTES + 1];
    size_t length = command_packet(code, arguments, n, packet);
    seen.ack_status = 0xFF;
    for (size_t i = 0; i < length; i++)
        nrf_model_receive(packet[i]);
    run_ms(20);
    return seen.ack_status;
}

static uint8_t start(void)
{
    static const uint8_t BOTH[6] = {0, 0, 3};
    memset(&seen, 0, sizeof seen);
    return command(FO_CMD_START, BOTH, sizeof BOTH);
}

static void boot(void)
{
    static const uint8_t VERSIONS[4] = {0, 1, 0, 1};
    sim_bus_init(&bus);
    bus.ads.input_nv = tone_nv;
    bus.icm.motion = turning;
    nrf_model_init(&bus);
    memset(&seen, 0, sizeof seen);
    wanted_uv = tone_uv;
    board_start();
    CHECK_EQUAL(command(FO_CMD_HELLO, VERSIONS, sizeof VERSIONS), FO_OK);
    CHECK_EQUAL(board_afe()->ads_error, ADS1298_OK);
    CHECK_EQUAL(board_afe()->icm_error, ICM42688_OK);
}

static void check_rules(void)
{
    CHECK_EQUAL(bus.ads.log.count, 0);
    CHECK_EQUAL(bus.icm.log.count, 0);
    CHECK_EQUAL(nrf_model.log.count, 0);
    CHECK_EQUAL(seen.bad, 0);
}

/* The same 10 us of truth as in test_afe_sampling.c, through timer captures and the UART. */
static void test_samples_come_with_their_time(void)
{
    static const uint32_t RATES[] = {1000000, 2000000};
    boot();
    for (unsigned r = 0; r < 2; r++) {
        uint8_t arguments[6] = {FO_STREAM_EMG, FO_KEEP_FORMAT};
        fo_put32(arguments + 2, RATES[r]);
        CHECK_EQUAL(command(FO_CMD_SET_RATE, arguments, sizeof arguments), FO_OK);
        CHECK_EQUAL(start(), FO_OK);
        run_ms(400);
        CHECK_EQUAL(command(FO_CMD_STOP, NULL, 0), FO_OK);
        CHECK(seen.samples[0] > RATES[r] / 1000 * 36 / 100);
        CHECK(seen.samples[1] >= 38);
        CHECK_EQUAL(seen.gaps, 0);
        CHECK(seen.worst_uv < 0.4);
        CHECK(seen.worst_imu < 1.5);
        CHECK_EQUAL(seen.flags, 0);
    }
    CHECK_EQUAL(board_device()->samples_missed, 0);
    CHECK_EQUAL(board_device()->frames_dropped, 0);
    check_rules();
}

static void test_supply_on_usb_and_dead_front_end(void)
{
    boot();
    nrf_model.vbus = true;
    CHECK_EQUAL(start(), FO_VBUS_INTERLOCK);
    nrf_model.vbus = false;
    CHECK_EQUAL(start(), FO_OK);
    run_ms(100);
    nrf_model.vbus = true;
    run_ms(50);
    CHECK_EQUAL(seen.stopped_by, FO_STOP_VBUS);
    check_rules();

    boot();
    CHECK_EQUAL(start(), FO_OK);
    run_ms(100);
    bus.ads.dead = true; /* all ones: no 1100 */
    run_ms(20);
    CHECK_EQUAL(seen.stopped_by, FO_STOP_AFE);
    CHECK_EQUAL(start(), FO_AFE_FAULT);
}

/* A reset that does not wait would cut the ACK off in the transmitter. */
static void test_reset_lets_the_answer_out(void)
{
    static const uint8_t APPLICATION[2] = {0, 0};
    boot();
    CHECK_EQUAL(command(FO_CMD_REBOOT, APPLICATION, sizeof APPLICATION), FO_OK);
    CHECK_EQUAL(nrf_model.resets, 1);
    check_rules();
}

void test_nrf_board(void)
{
    test_reset_lets_the_answer_out();
    test_samples_come_with_their_time();
    test_supply_on_usb_and_dead_front_end();
}
