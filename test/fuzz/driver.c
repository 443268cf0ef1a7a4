/*-------------------------------------------------------------------------
 *
 * driver.c
 *	  Cases for a fuzzer's target where there is no libFuzzer.
 *
 * It takes the switches that we use of libFuzzer: -runs and -seed; and folders
 * of inputs, each of which is tried as it is. The other cases are some of these
 * with a few bytes altered, and bytes at random. Nothing tells it which of them
 * lead anywhere new.
 *
 *-------------------------------------------------------------------------
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INPUTS 3000
#define MAX_SIZE 10000

extern int	LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Input
{
	size_t		size;
	uint8_t		data[MAX_SIZE];
} Input;

static Input *inputs[MAX_INPUTS];
static int	ninputs = 0;

static void
read_inputs(const char *folder)
{
	DIR		   *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
	{
		char		path[4096];
		FILE	   *file;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] == '.' || ninputs == MAX_INPUTS ||
			(file = fopen(path, "rb")) == NULL)
			continue;
		inputs[ninputs] = calloc(1, sizeof(Input));
		inputs[ninputs]->size = fread(inputs[ninputs]->data, 1, MAX_SIZE, file);
		ninputs++;
		fclose(file);
	}
	if (dir != NULL)
		closedir(dir);
}

/* An input with a few bytes altered, or eight to thirty-two bytes. */
static void
random_input(Input *input)
{
	int			changes = 1 + random() % 4;
	size_t		i;

	input->size = 8 + random() % 25;
	for (i = 0; i < input->size; i++)
		input->data[i] = (uint8_t) random();
	if (ninputs > 0 && random() % 2)
	{
		const Input *known = inputs[random() % ninputs];

		input->size = known->size;
		memcpy(input->data, known->data, known->size);
	}
	while (input->size > 0 && changes-- > 0)
	{
		size_t		at = random() % input->size;

		if (random() % 2)
			input->data[at] = (uint8_t) random();
		else if (input->size < MAX_SIZE)
		{
			memmove(&input->data[at + 1], &input->data[at],
					input->size++ - at);
			input->data[at] = (uint8_t) random();
		}
	}
}

/* Run a case of exactly so many bytes. */
static void
run_case(const Input *input)
{
	uint8_t    *data = malloc(input->size);

	memcpy(data, input->data, input->size);
	LLVMFuzzerTestOneInput(data, input->size);
	free(data);
}

int
main(int argc, char **argv)
{
	long		runs = 0;
	long		i;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (i = 1; i < argc; i++)
	{
		if (strncmp(argv[i], "-runs=", 6) == 0)
			runs = atol(argv[i] + 6);
		else if (strncmp(argv[i], "-seed=", 6) == 0)
			srandom((unsigned) atol(argv[i] + 6));
		else if (argv[i][0] != '-')
			read_inputs(argv[i]);
	}
	for (i = 0; i < ninputs; i++)
		run_case(inputs[i]);
	for (; i < runs; i++)
	{
		static Input input;

		random_input(&input);
		run_case(&input);
	}
	fprintf(stderr, "#%ld DONE\n", i);
	return 0;
}
