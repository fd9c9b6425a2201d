# The chip drivers: sources for the firmware's Makefile, and targets that work on their own:
#   make -f drivers/drivers.mk drivers-test        host, with ASan and UBSan
#   make -f drivers/drivers.mk drivers-test-qemu   emulated Cortex-M4 (mps2-an386, semihosting)
#   make -f drivers/drivers.mk posix-afe           a process on the modelled front end
DRIVERS_ROOT := $(patsubst %/drivers/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

DRIVER_SOURCES := $(addprefix $(DRIVERS_ROOT)/drivers/,ads1298.c icm42688.c decimator.c)
DRIVER_MODEL_SOURCES := $(addprefix $(DRIVERS_ROOT)/tests/models/,sim_log.c sim_bus.c \
	ads1298_model.c ads1298_commands.c icm42688_model.c)
DRIVER_TEST_SOURCES := $(DRIVER_MODEL_SOURCES) $(addprefix $(DRIVERS_ROOT)/tests/,test_drivers.c \
	test_ads1298.c test_ads1298_planted.c test_icm42688.c test_decimator.c)
DRIVER_HEADERS := $(wildcard $(DRIVERS_ROOT)/drivers/*.h $(DRIVERS_ROOT)/tests/*.h \
	$(DRIVERS_ROOT)/tests/models/*.h)

DRIVER_BUILD ?= $(DRIVERS_ROOT)/build/drivers
DRIVER_CFLAGS := -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
DRIVER_SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# The sampling glue needs the core and brings its own test.
DRIVER_GLUE_SOURCES := $(DRIVERS_ROOT)/hal/board/afe_sampling.c
DRIVER_GLUE_TEST_SOURCES := $(addprefix $(DRIVERS_ROOT)/,tests/afe_host.c \
	tests/test_afe_sampling.c tests/test_nrf_board.c tests/models/nrf_model.c \
	hal/nrf52840/board.c hal/nrf52840/spim.c)
DRIVER_CORE_SOURCES := $(wildcard $(DRIVERS_ROOT)/core/*.c)
DRIVER_ALL_SOURCES := $(DRIVER_SOURCES) $(DRIVER_TEST_SOURCES) $(DRIVER_GLUE_SOURCES) \
	$(DRIVER_GLUE_TEST_SOURCES) $(DRIVER_CORE_SOURCES)
DRIVER_ALL_HEADERS := $(DRIVER_HEADERS) $(wildcard $(DRIVERS_ROOT)/core/*.h \
	$(DRIVERS_ROOT)/hal/board/*.h $(DRIVERS_ROOT)/hal/nrf52840/*.h)
DRIVER_INCLUDE := -I$(DRIVERS_ROOT)/core -DNRF_MODEL

.PHONY: drivers-test drivers-test-qemu
drivers-test: $(DRIVER_BUILD)/test-drivers
	$<

$(DRIVER_BUILD)/test-drivers: $(DRIVER_ALL_SOURCES) $(DRIVER_ALL_HEADERS)
	@mkdir -p $(DRIVER_BUILD)
	$(CC) $(DRIVER_CFLAGS) -O1 -g $(DRIVER_SANITIZERS) $(DRIVER_INCLUDE) \
		$(DRIVER_ALL_SOURCES) -lm -o $@

# The same tests on the emulated Cortex-M4: start-up code and linker script of the firmware's own
# machine, semihosting for output and exit code.
DRIVER_CROSS ?= arm-none-eabi-
DRIVER_QEMU ?= qemu-system-arm
DRIVER_ARM := -mcpu=cortex-m4 -mthumb -mfloat-abi=soft -O1 -g -ffunction-sections -fdata-sections \
	-DUNIT_TESTS -DUART_INTERRUPT=0
DRIVER_ARM_LINK := -nostartfiles --specs=rdimon.specs -Wl,--gc-sections

drivers-test-qemu: $(DRIVER_BUILD)/test-drivers.elf
	timeout 120 $(DRIVER_QEMU) -M mps2-an386 -nographic -monitor none -serial null \
		-semihosting-config enable=on,target=native -kernel $<

$(DRIVER_BUILD)/test-drivers.elf: $(DRIVER_ALL_SOURCES) $(DRIVER_ALL_HEADERS) \
		$(DRIVERS_ROOT)/hal/cortexm/startup.c
	@mkdir -p $(DRIVER_BUILD)
	cd $(DRIVERS_ROOT) && $(DRIVER_CROSS)gcc $(DRIVER_CFLAGS) $(DRIVER_ARM) $(DRIVER_INCLUDE) \
		$(DRIVER_ALL_SOURCES) hal/cortexm/startup.c $(DRIVER_ARM_LINK) \
		-T hal/qemu_mps2/machine.ld -lm -o $@

# The device as a process on the modelled front end (hal/board/modelled.c).
DRIVER_POSIX_SOURCES := $(DRIVER_CORE_SOURCES) $(DRIVER_SOURCES) $(DRIVER_MODEL_SOURCES) \
	$(DRIVER_GLUE_SOURCES) $(DRIVERS_ROOT)/hal/board/modelled.c \
	$(wildcard $(DRIVERS_ROOT)/hal/posix/*.c)

.PHONY: posix-afe
posix-afe: $(DRIVER_BUILD)/firmware-posix-afe
$(DRIVER_BUILD)/firmware-posix-afe: $(DRIVER_POSIX_SOURCES) $(DRIVER_ALL_HEADERS) \
		$(wildcard $(DRIVERS_ROOT)/hal/common/*.h $(DRIVERS_ROOT)/hal/posix/*.h)
	@mkdir -p $(DRIVER_BUILD)
	$(CC) $(DRIVER_CFLAGS) -O2 $(DRIVER_INCLUDE) -I$(DRIVERS_ROOT)/hal/common \
		$(DRIVER_POSIX_SOURCES) -lm -o $@

# The image for the reference board. It links; nobody has run it.
DRIVER_NRF_SOURCES := $(DRIVER_CORE_SOURCES) $(DRIVER_SOURCES) $(DRIVER_GLUE_SOURCES) \
	$(wildcard $(DRIVERS_ROOT)/hal/nrf52840/*.c)

.PHONY: nrf52840
nrf52840: $(DRIVER_BUILD)/firmware-nrf52840.elf
$(DRIVER_BUILD)/firmware-nrf52840.elf: $(DRIVER_NRF_SOURCES) $(DRIVER_ALL_HEADERS) \
		$(DRIVERS_ROOT)/hal/nrf52840/machine.ld
	@mkdir -p $(DRIVER_BUILD)
	cd $(DRIVERS_ROOT) && $(DRIVER_CROSS)gcc $(DRIVER_CFLAGS) -mcpu=cortex-m4 -mthumb \
		-mfloat-abi=soft -Os -g -ffunction-sections -fdata-sections -I$(DRIVERS_ROOT)/core \
		$(DRIVER_NRF_SOURCES) -nostartfiles --specs=nano.specs -Wl,--gc-sections \
		-Wl,--fatal-warnings -T hal/nrf52840/machine.ld -o $@
